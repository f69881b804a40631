DROP TABLE solution_cases;
DROP TABLE solution;
