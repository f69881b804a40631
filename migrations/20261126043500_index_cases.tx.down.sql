DROP INDEX case_updated_at_idx, case_closed_on_idx, case_case_type_idx, case_archived_idx;
