DROP TABLE lead_capture;
