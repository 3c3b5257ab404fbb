with bills as (

    select * from {{ ref('int_billing__bills') }}

),

accounts as (

    select * from {{ ref('stg_extracts__accounts') }}

),

keys as (

    select * from {{ ref('int_receivables__accounts') }}

),

periods as (

    select * from {{ ref('int_receivables__account_periods') }}

),

rules as (

    select * from {{ ref('int_billing__rules') }}

),

utilities as (

    select * from {{ ref('stg_policy__utilities') }}

),

dated as (

    select
        bills.utility_id,
        bills.bill_id,
        bills.account_id,
        bills.bill_kind,
        bills.cancels_bill_id,
        bills.billed_on,
        bills.cancelled_on,
        bills.service_from_on,
        bills.service_to_on,
        keys.account_key,
        accounts.premise_id,
        accounts.opened_on,
        case
            when bills.service_to_on > bills.service_from_on
                then cast({{ days_between('bills.service_from_on', 'bills.service_to_on') }} as integer)
        end as service_days,
        {{ fiscal_year_of('bills.billed_on', 'utilities.fiscal_year_start_month') }} as fiscal_year
    from bills
    inner join keys
        on bills.utility_id = keys.utility_id and bills.account_id = keys.account_id
    inner join accounts
        on bills.utility_id = accounts.utility_id and bills.account_id = accounts.account_id
    inner join utilities
        on bills.utility_id = utilities.utility_id

),

-- Class, rate code, group and programme are those of the bill date.
final as (

    select
        dated.utility_id,
        dated.bill_id,
        dated.account_id,
        dated.account_key,
        dated.premise_id,
        dated.opened_on,
        dated.bill_kind,
        dated.cancels_bill_id,
        dated.billed_on,
        dated.cancelled_on,
        dated.service_from_on,
        dated.service_to_on,
        dated.service_days,
        dated.fiscal_year,
        periods.customer_class,
        periods.rate_code,
        periods.billing_group,
        periods.account_status,
        periods.assistance_program,
        rules.from_on as rules_from_on,
        {{ months_of_days('dated.service_days', 'rules.months_covered', 'rules.frequency_months') }} as months
    from dated
    inner join periods
        on
            dated.account_key = periods.account_key
            and dated.billed_on >= periods.from_on
            and dated.billed_on < periods.to_on
    inner join rules
        on
            dated.utility_id = rules.utility_id
            and dated.billed_on >= rules.from_on
            and dated.billed_on < rules.to_on

)

select * from final
