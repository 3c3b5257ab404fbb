with bills as (

    select * from {{ ref('int_penalties__standing_bills') }}

),

rules as (

    select * from {{ ref('int_penalties__rules') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

account_periods as (

    select * from {{ ref('int_receivables__account_periods') }}

),

all_bills as (

    select
        accounts.account_key,
        bills.billed_on
    from {{ ref('int_billing__bills') }} as bills
    inner join {{ ref('int_receivables__accounts') }} as accounts
        on bills.utility_id = accounts.utility_id and bills.account_id = accounts.account_id
    where
        bills.bill_kind != 'cancel'
        and bills.utility_id in (select utility_id from rules where is_assessed_with_next_bill)

),

judged as (

    select
        bills.*,
        rules.is_assessed_with_next_bill and bills.bill_kind != 'final' as has_to_wait
    from bills
    inner join utilities
        on bills.utility_id = utilities.utility_id and bills.penalty_on <= utilities.as_of_on
    inner join rules
        on
            bills.utility_id = rules.utility_id
            and bills.penalty_on >= rules.from_on
            and bills.penalty_on < rules.to_on

),

-- Where penalties come with the next bill: the first one dated after the penalty date. A bill stands before the penalty dates of its day.
calendar as (

    select account_key, penalty_on as on_day, 1 as is_penalty_date, cast(null as date) as billed_on
    from judged
    where has_to_wait
    union all
    select account_key, billed_on as on_day, 0 as is_penalty_date, billed_on
    from all_bills

),

placed as (

    select
        account_key,
        on_day as penalty_on,
        is_penalty_date,
        {{ first_known('billed_on') }} over (
            partition by account_key order by on_day, is_penalty_date
            rows between current row and unbounded following
        ) as next_billed_on
    from calendar

),

next_bills as (

    select * from placed
    where is_penalty_date = 1

),

final as (

    select
        judged.account_key,
        judged.utility_id,
        judged.bill_id,
        judged.account_id,
        judged.bill_kind,
        account_periods.customer_class,
        account_periods.billing_group,
        judged.billed_on,
        judged.due_on,
        judged.penalty_on,
        judged.cancelled_on,
        judged.next_penalty_on,
        case
            when judged.has_to_wait then next_bills.next_billed_on
            else {{ add_days('judged.penalty_on', '1') }}
        end as assess_on,
        judged.next_bill_usd,
        {{ month_number('judged.penalty_on') }} as month_no
    from judged
    left join next_bills
        on judged.account_key = next_bills.account_key and judged.penalty_on = next_bills.penalty_on
    left join account_periods
        on
            judged.account_key = account_periods.account_key
            and judged.penalty_on >= account_periods.from_on
            and judged.penalty_on < account_periods.to_on

)

select * from final
