{{ finance_paths(ref('int_finance__drivers')) }}
