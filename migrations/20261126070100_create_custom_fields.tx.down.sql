DROP TABLE custom_field_value;
DROP TABLE custom_field_definition;
