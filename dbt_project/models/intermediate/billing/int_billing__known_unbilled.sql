with bills as (

    select
        bills.*,
        {{ month_number('bills.billed_on') }} as first_month_no,
        least(
            {{ month_number('bills.billed_on') }} + 11,
            {{ month_number('coalesce(bills.cancelled_on, ' ~ end_of_time() ~ ')') }} - 1,
            {{ month_number(add_days('utilities.as_of_on', '1')) }} - 1
        ) as last_month_no
    from {{ ref('int_billing__bill_use') }} as bills
    inner join {{ ref('int_receivables__accounts') }} as keys
        on bills.account_key = keys.account_key
    inner join {{ ref('int_quality__utilities') }} as utilities
        on keys.utility_id = utilities.utility_id

),

bill_months as (

    select
        *,
        {{ explode_range('first_month_no', 'last_month_no') }} as month_no
    from bills

),

bills_at as (

    select
        *,
        {{ month_end_of('month_no') }} as at_on
    from bill_months

),

new_accounts as (

    select
        days.*,
        {{ month_number('days.from_on') }} as first_month_no,
        least({{ month_number('days.first_known_on') }}, {{ month_number(add_days('utilities.as_of_on', '1')) }}) - 1 as last_month_no
    from {{ ref('int_billing__account_days') }} as days
    inner join {{ ref('int_receivables__accounts') }} as keys
        on days.account_key = keys.account_key
    inner join {{ ref('int_quality__utilities') }} as utilities
        on keys.utility_id = utilities.utility_id

),

new_months as (

    select
        *,
        {{ explode_range('first_month_no', 'last_month_no') }} as month_no
    from new_accounts

),

new_at as (

    select
        *,
        {{ month_end_of('month_no') }} as at_on
    from new_months

),

{{ known_unbilled_ctes('bills_at', 'new_at', ref('stg_policy__tariffs')) }},

final as (

    select
        utility_id,
        service,
        customer_class,
        {{ month_number('at_on') }} as month_no,
        unbilled_usd
    from known_unbilled

)

select * from final
