with utilities as (

    select * from {{ ref('int_quality__utilities') }}
    where first_posted_on is not null

),

complete_days as (

    select * from {{ ref('int_billing__complete_days') }}

),

suspensions as (

    select distinct
        utility_id,
        month_no
    from {{ ref('int_billing__suspended_months') }}

),

numbered as (

    select
        *,
        {{ explode_range(
            fiscal_year_of('first_posted_on', 'fiscal_year_start_month'), fiscal_year_of('as_of_on', 'fiscal_year_start_month')
        ) }} as fiscal_year
    from utilities

),

begun as (

    select
        *,
        make_date(
            cast(fiscal_year as integer) - case when fiscal_year_start_month > 1 then 1 else 0 end, fiscal_year_start_month, 1
        ) as from_on
    from numbered

),

ended as (

    select
        *,
        {{ add_days(add_months('from_on', '12'), '-1') }} as through_on
    from begun

),

final as (

    select
        ended.utility_id,
        cast(ended.fiscal_year as integer) as fiscal_year,
        ended.from_on,
        ended.through_on,
        ended.as_of_on,
        coalesce(ended.has_adjustments, false) as has_adjustments,
        coalesce(ended.from_on >= max(complete_days.from_on), false) as is_billed_from_start,
        coalesce(ended.from_on >= max(complete_days.from_on) and ended.through_on <= max(complete_days.through_on), false) as is_billed,
        count(suspensions.month_no) > 0 as has_suspended_billing
    from ended
    left join complete_days
        on ended.utility_id = complete_days.utility_id
    left join suspensions
        on
            ended.utility_id = suspensions.utility_id
            and suspensions.month_no between {{ month_number('ended.from_on') }} and {{ month_number('ended.through_on') }}
    where ended.through_on <= ended.as_of_on
    group by ended.utility_id, ended.fiscal_year, ended.from_on, ended.through_on, ended.as_of_on, ended.has_adjustments

)

select * from final
