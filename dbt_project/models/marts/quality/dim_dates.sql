with month_ends as (

    select * from {{ ref('int_receivables__month_ends') }}

),

bounds as (

    select
        min(month_no) as first_month_no,
        max(month_end_on) as last_day
    from month_ends

),

first_day as (

    select
        last_day,
        {{ add_days(month_end_of('first_month_no - 1'), 1) }} as day_on
    from bounds

),

offsets as (

    select
        day_on,
        {{ explode_range('0', days_between('day_on', 'last_day')) }} as day_no
    from first_day

),

days as (

    select {{ add_days('day_on', 'day_no') }} as day_on
    from offsets

),

final as (

    select
        day_on,
        last_day(day_on) as month_end_on,
        cast(extract(year from day_on) as integer) as calendar_year,
        cast(extract(month from day_on) as integer) as calendar_month,
        day_on = last_day(day_on) as is_month_end
    from days

)

select * from final
