with accounts as (

    select * from {{ ref('stg_extracts__accounts') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

periods as (

    select * from {{ ref('int_receivables__account_periods') }}

),

final as (

    select
        accounts.utility_id,
        accounts.account_id,
        accounts.customer_id,
        accounts.premise_id,
        accounts.service_address,
        accounts.owner_id,
        accounts.occupancy,
        accounts.opened_on,
        accounts.closed_on,
        periods.customer_class,
        periods.rate_code,
        periods.billing_group,
        periods.account_status,
        periods.autopay,
        accounts._load_id,
        accounts._line_number
    from accounts
    inner join utilities
        on accounts.utility_id = utilities.utility_id
    left join periods
        on
            accounts.utility_id = periods.utility_id
            and accounts.account_id = periods.account_id
            and utilities.as_of_on >= periods.from_on
            and utilities.as_of_on < periods.to_on

)

select * from final
