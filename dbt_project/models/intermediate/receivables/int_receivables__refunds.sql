-- A refund needs a credit above so many typical bills: the median of the account's latest bills as they stood on that day, without the deposits
-- that they asked (R54). Twice the median is exact in cents.
with cases as (

    select * from {{ ref('int_receivables__refund_cases') }}

),

rules as (

    select * from {{ ref('int_receivables__credit_rules') }}

),

bills as (

    select * from {{ ref('int_billing__bills') }}
    where bill_kind != 'cancel' and bill_kind != 'final'

),

deposit_charges as (

    select
        utility_id,
        bill_id,
        sum(amount_usd) as deposit_usd
    from {{ ref('stg_extracts__charges') }}
    where charge_code = 'deposit'
    group by utility_id, bill_id

),

-- The customer's latest bills as they stood on that day, without the deposits that they asked.
numbered as (

    select
        cases.account_key,
        cases.judged_on,
        cases.adjustment_id,
        bills.bill_id,
        bills.amount_usd - coalesce(deposit_charges.deposit_usd, 0) as bill_usd,
        row_number() over (
            partition by cases.account_key, cases.judged_on, cases.adjustment_id order by bills.billed_on desc, bills.bill_id desc
        ) as latest_no
    from cases
    inner join bills
        on
            cases.utility_id = bills.utility_id
            and cases.account_id = bills.account_id
            and cases.bills_before_on > bills.billed_on
            and cases.judged_on < coalesce(bills.cancelled_on, {{ end_of_time() }})
    left join deposit_charges
        on bills.utility_id = deposit_charges.utility_id and bills.bill_id = deposit_charges.bill_id

),

ruled as (

    select
        cases.*,
        rules.refund_bills,
        rules.typical_bill_count,
        rules.is_only_on_request
    from cases
    inner join rules
        on cases.utility_id = rules.utility_id and cases.judged_on >= rules.from_on and cases.judged_on < rules.to_on

),

placed as (

    select
        ruled.account_key,
        ruled.judged_on,
        ruled.adjustment_id,
        numbered.bill_usd,
        row_number() over (
            partition by ruled.account_key, ruled.judged_on, ruled.adjustment_id order by numbered.bill_usd, numbered.latest_no
        ) as size_no,
        count(*) over (partition by ruled.account_key, ruled.judged_on, ruled.adjustment_id) as bill_count
    from ruled
    inner join numbered
        on
            ruled.account_key = numbered.account_key
            and ruled.judged_on = numbered.judged_on
            and ruled.adjustment_id is not distinct from numbered.adjustment_id
            and ruled.typical_bill_count >= numbered.latest_no

),

typical as (

    select
        account_key,
        judged_on,
        adjustment_id,
        max(bill_count) as bill_count,
        sum(case when 2 * size_no = bill_count + 1 then 2 * bill_usd else bill_usd end) as two_medians_usd
    from placed
    where 2 * size_no between bill_count and bill_count + 2
    group by account_key, judged_on, adjustment_id

),

final as (

    select
        ruled.utility_id,
        ruled.account_key,
        ruled.account_id,
        ruled.adjustment_id,
        ruled.judged_on,
        ruled.requested_on,
        ruled.amount_usd,
        {{ as_money('ruled.credit_usd') }} as credit_usd,
        cast(coalesce(typical.bill_count, 0) as integer) as bill_count,
        {{ as_money('typical.two_medians_usd * 0.5') }} as typical_bill_usd,
        {{ as_money('typical.two_medians_usd * 0.5 * ruled.refund_bills') }} as limit_usd,
        2 * ruled.credit_usd > typical.two_medians_usd * ruled.refund_bills as is_above_limit,
        ruled.is_only_on_request,
        coalesce(periods.account_status in ('final', 'inactive'), false) as is_final,
        periods.customer_class,
        periods.account_status
    from ruled
    left join typical
        on
            ruled.account_key = typical.account_key
            and ruled.judged_on = typical.judged_on
            and ruled.adjustment_id is not distinct from typical.adjustment_id
    left join {{ ref('int_receivables__account_periods') }} as periods
        on
            ruled.account_key = periods.account_key
            and ruled.judged_on >= periods.from_on
            and ruled.judged_on < periods.to_on

)

select * from final
