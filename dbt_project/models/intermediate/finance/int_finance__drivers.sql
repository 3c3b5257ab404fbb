{{ finance_drivers(ref('int_finance__assumptions')) }}
