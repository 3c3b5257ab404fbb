-- Fees as in months without an event, less those that were charged: each month of the window, and of the three after shut-offs went on, in which many
-- are made up for, counts as the mean of the clean months. The range is that of the spans of as many clean months, one after the other.
with by_month as (

    select * from {{ ref('int_penalties__impact_fee_months') }}

),

holds as (

    select distinct
        utility_id,
        episode_id
    from {{ ref('int_penalties__impact_events') }}
    where event_kind = 'shutoff_moratorium'

),

terms as (

    select * from {{ ref('int_penalties__impact_terms') }}

),

rules as (

    select
        utility_id,
        {{ rule_value('finance.waiver_clean_months', 'integer', '24') }} as clean_month_count
    from ({{ rule_stretches(['finance.waiver_clean_months']) }}) as valued
    where to_on = {{ end_of_time() }}
    group by utility_id

),

windows as (

    select
        terms.utility_id,
        terms.episode_id,
        by_month.customer_class,
        by_month.month_end_on,
        by_month.charged_usd,
        count(*) over (partition by terms.utility_id, terms.episode_id, by_month.customer_class) as month_count
    from terms
    inner join holds
        on terms.utility_id = holds.utility_id and terms.episode_id = holds.episode_id
    inner join by_month
        on
            terms.utility_id = by_month.utility_id
            and terms.window_from_on <= by_month.month_end_on
            and terms.counted_to_on >= by_month.month_end_on

),

-- So many whole months as the policy asks for, or no estimate at all.
clean as (

    select
        by_month.utility_id,
        by_month.customer_class,
        row_number() over (partition by by_month.utility_id, by_month.customer_class order by by_month.month_no) as clean_no,
        sum(by_month.charged_usd) over (partition by by_month.utility_id, by_month.customer_class order by by_month.month_no) as so_far_usd,
        sum(by_month.charged_usd) over (partition by by_month.utility_id, by_month.customer_class) as all_usd,
        count(*) over (partition by by_month.utility_id, by_month.customer_class) as clean_count,
        rules.clean_month_count
    from by_month
    inner join rules
        on by_month.utility_id = rules.utility_id
    where by_month.is_clean

),

spans as (

    select
        windows.*,
        ends.clean_no - windows.month_count + 1 as replicate_no,
        ends.so_far_usd - coalesce(begins.so_far_usd, 0) as fees_usd,
        windows.month_count as fee_month_count
    from windows
    inner join clean as ends
        on
            windows.utility_id = ends.utility_id
            and windows.customer_class = ends.customer_class
            and windows.month_count <= ends.clean_no
            and ends.clean_count >= ends.clean_month_count
    left join clean as begins
        on
            windows.utility_id = begins.utility_id
            and windows.customer_class = begins.customer_class
            and ends.clean_no - windows.month_count = begins.clean_no
    union all
    select
        windows.*,
        0 as replicate_no,
        clean.all_usd as fees_usd,
        clean.clean_count as fee_month_count
    from windows
    inner join clean
        on
            windows.utility_id = clean.utility_id
            and windows.customer_class = clean.customer_class
            and clean.clean_no = 1
            and clean.clean_count >= clean.clean_month_count

),

final as (

    select
        utility_id,
        episode_id,
        'event' as question,
        'disconnect_fees' as component,
        'cohort_curves' as method,
        month_end_on,
        customer_class,
        cast(replicate_no as integer) as replicate_no,
        {{ as_money(money_share(as_money('fees_usd'), '1', 'fee_month_count') ~ ' - charged_usd') }} as amount_usd
    from spans

)

select * from final
