-- Bills on which less or more than the charges falls due. A stretch of level payments ends with a regular bill without a level
-- amount or with a final bill. A cancelled bill counts until its cancellation, so that no earlier answer changes.
with bills as (

    select * from {{ ref('int_billing__bills') }}
    where bill_kind != 'cancel'

),

accounts as (

    select * from {{ ref('int_receivables__accounts') }}

),

level_accounts as (

    select distinct
        utility_id,
        account_id
    from bills
    where budget_amount_usd is not null

),

marked as (

    select
        accounts.account_key,
        bills.utility_id,
        bills.account_id,
        bills.bill_id,
        bills.billed_on,
        bills.due_on,
        bills.budget_amount_usd,
        bills.amount_usd,
        {% for service in services() -%}
            greatest(bills.{{ service }}_usd, 0) {{ '+ ' if not loop.last }}
        {%- endfor %} as debit_usd,
        coalesce(bills.cancelled_on, {{ end_of_time() }}) as cancelled_on,
        case
            when bills.bill_kind = 'final' then 1
            when bills.bill_kind = 'regular' and bills.budget_amount_usd is null then 1
            else 0
        end as is_ending
    from bills
    inner join level_accounts
        on bills.utility_id = level_accounts.utility_id and bills.account_id = level_accounts.account_id
    inner join accounts
        on bills.utility_id = accounts.utility_id and bills.account_id = accounts.account_id

),

stretched as (

    select
        *,
        sum(is_ending) over (
            partition by account_key order by billed_on, bill_id rows between unbounded preceding and current row
        ) as stretch_no
    from marked

),

endings as (

    select
        account_key,
        bill_id,
        billed_on,
        due_on,
        stretch_no - 1 as stretch_no
    from stretched
    where is_ending = 1

),

level_bills as (

    select * from stretched
    where is_ending = 0 and budget_amount_usd is not null and cancelled_on > billed_on

),

events as (

    select
        account_key, stretch_no, bill_id, 1 as is_bill, billed_on as on_day,
        amount_usd - budget_amount_usd as deferred_usd, debit_usd as standing_usd
    from level_bills
    union all
    select
        account_key, stretch_no, bill_id, 0 as is_bill, cancelled_on as on_day,
        budget_amount_usd - amount_usd as deferred_usd, -debit_usd as standing_usd
    from level_bills
    where cancelled_on < {{ end_of_time() }}

),

running as (

    select
        account_key,
        bill_id,
        is_bill,
        sum(deferred_usd) over behind as deferred_usd,
        sum(standing_usd) over behind as standing_usd
    from events
    window
        behind as (
            partition by account_key, stretch_no order by on_day, is_bill, bill_id
            rows between unbounded preceding and current row
        )

),

final as (

    select
        level_bills.utility_id,
        level_bills.account_key,
        level_bills.account_id,
        cast(level_bills.stretch_no as integer) as stretch_no,
        cast(row_number() over in_stretch as integer) as bill_no,
        level_bills.bill_id,
        level_bills.billed_on,
        level_bills.due_on,
        level_bills.cancelled_on,
        endings.bill_id as ended_by_bill_id,
        endings.billed_on as ended_on,
        endings.due_on as ended_due_on,
        level_bills.budget_amount_usd,
        level_bills.amount_usd,
        {{ as_money('level_bills.debit_usd') }} as debit_usd,
        {{ as_money('running.deferred_usd') }} as deferred_usd,
        {{ as_money('running.standing_usd') }} as standing_usd
    from level_bills
    inner join running
        on level_bills.account_key = running.account_key and level_bills.bill_id = running.bill_id and running.is_bill = 1
    left join endings
        on level_bills.account_key = endings.account_key and level_bills.stretch_no = endings.stretch_no
    window
        in_stretch as (
            partition by level_bills.account_key, level_bills.stretch_no order by level_bills.billed_on, level_bills.bill_id
        )

)

select * from final
