-- Levels stand on one day in a total: what was not billed where it was most, what was collected late when everything but the waivers had ended, or
-- because of a waiver alone when it ended. Every other part is added over its months.
with mechanical as (

    select * from {{ ref('int_penalties__impact_mechanical') }}

),

estimates as (

    select * from {{ ref('int_penalties__impact_estimates') }}
    where replicate_no = 0

),

terms as (

    select * from {{ ref('int_penalties__impact_terms') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

months as (

    select
        utility_id,
        episode_id,
        question,
        component,
        'rules_applied' as method,
        month_end_on,
        sum(amount_usd) as amount_usd
    from mechanical
    group by utility_id, episode_id, question, component, month_end_on
    union all
    select
        utility_id,
        episode_id,
        question,
        component,
        method,
        month_end_on,
        sum(amount_usd) as amount_usd
    from estimates
    group by utility_id, episode_id, question, component, method, month_end_on

),

judged as (

    select
        months.*,
        {{ fiscal_year_of('months.month_end_on', 'utilities.fiscal_year_start_month') }} as fiscal_year,
        months.component in {{ impact_names('is_level') }} as is_level,
        months.month_end_on
        <= case when months.question = 'waiver' then terms.waiver_month_end_on else terms.outage_month_end_on end as is_before_end
    from months
    inner join terms
        on months.utility_id = terms.utility_id and months.episode_id = terms.episode_id
    inner join utilities
        on months.utility_id = utilities.utility_id

),

ranked as (

    select
        *,
        row_number() over (
            partition by utility_id, episode_id, question, component, method
            order by
                case when is_before_end then 0 else 1 end,
                case when component = 'unbilled' then -amount_usd end nulls last,
                case when is_before_end then -{{ month_number('month_end_on') }} else {{ month_number('month_end_on') }} end
        ) as total_rank,
        row_number() over (
            partition by utility_id, episode_id, question, component, method, fiscal_year order by month_end_on desc
        ) as year_rank
    from judged

),

final as (

    select
        utility_id,
        episode_id,
        question,
        component,
        method,
        month_end_on,
        cast(fiscal_year as integer) as fiscal_year,
        is_level,
        not is_level or total_rank = 1 as is_in_total,
        not is_level or year_rank = 1 as is_in_fiscal_year
    from ranked

)

select * from final
