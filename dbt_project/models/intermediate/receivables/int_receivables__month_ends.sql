with utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

bounds as (

    select
        min({{ month_number('first_posted_on') }}) as first_month_no,
        max({{ month_number('as_of_on') }}) as last_month_no
    from utilities

),

months as (

    select {{ explode_range('first_month_no', 'last_month_no') }} as month_no
    from bounds

),

final as (

    select
        cast(month_no as integer) as month_no,
        {{ month_end_of('month_no') }} as month_end_on
    from months

)

select * from final
