{{ finance_existing_rates(ref('int_finance__drivers')) }}
