DROP TABLE opportunity_line_item;
