DROP TABLE "apiSettings_tags";
DROP TABLE "apiSettings_lead_assigned_to";
DROP TABLE "apiSettings";
