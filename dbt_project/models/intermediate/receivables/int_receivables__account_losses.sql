-- Debt over 120 days old and what of it was written off in the months after, less what came back. The window is policy; a month whose window has
-- not ended by the as-of date is left out, and so is a utility that delivered no adjustments: what it wrote off is not known.
with account_months as (

    select * from {{ ref('int_receivables__account_months') }}
    where over_120_usd > 0

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

rules as (

    select * from {{ ref('int_receivables__collection_rules') }}

),

write_offs as (

    select
        account_key,
        {{ month_number('posted_on') }} as month_no,
        sum(case when posting_detail = 'write_off' then -amount_usd else 0 end) as written_off_usd,
        sum(case when posting_detail = 'recovery' then amount_usd else 0 end) as recovered_usd
    from {{ ref('int_receivables__postings') }}
    where posting_kind = 'write_off'
    group by account_key, {{ month_number('posted_on') }}

),

windows as (

    select
        utilities.utility_id,
        utilities.as_of_on,
        rules.loss_window_months
    from utilities
    inner join rules
        on utilities.utility_id = rules.utility_id and utilities.as_of_on >= rules.from_on and utilities.as_of_on < rules.to_on
    where utilities.has_adjustments

),

-- Every month end whose window holds the write-off.
lost_after as (

    select
        write_offs.account_key,
        write_offs.written_off_usd,
        write_offs.recovered_usd,
        {{ explode_range('write_offs.month_no - windows.loss_window_months', 'write_offs.month_no - 1') }} as month_no
    from write_offs
    inner join {{ ref('int_receivables__accounts') }} as accounts
        on write_offs.account_key = accounts.account_key
    inner join windows
        on accounts.utility_id = windows.utility_id

),

lost as (

    select
        account_key,
        month_no,
        sum(written_off_usd) as written_off_usd,
        sum(recovered_usd) as recovered_usd
    from lost_after
    group by account_key, month_no

),

capped as (

    select
        account_months.*,
        windows.loss_window_months,
        least(account_months.over_120_usd, coalesce(lost.written_off_usd, 0)) as written_off_usd,
        least(account_months.over_120_usd, coalesce(lost.written_off_usd, 0), coalesce(lost.recovered_usd, 0)) as recovered_usd
    from account_months
    inner join windows
        on
            account_months.utility_id = windows.utility_id
            and {{ month_end_of('account_months.month_no + windows.loss_window_months') }} <= windows.as_of_on
    left join lost
        on account_months.account_key = lost.account_key and account_months.month_no = lost.month_no

),

final as (

    select
        utility_id,
        month_no + loss_window_months as month_no,
        month_no as from_month_no,
        customer_class,
        is_final,
        {{ sum_money('over_120_usd') }} as over_120_usd,
        {{ sum_money('written_off_usd') }} as written_off_usd,
        {{ sum_money('recovered_usd') }} as recovered_usd
    from capped
    group by utility_id, month_no, loss_window_months, customer_class, is_final

)

select * from final
