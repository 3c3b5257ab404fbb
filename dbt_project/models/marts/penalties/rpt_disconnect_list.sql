with asked as (

    select
        utility_id,
        as_of_on,
        as_of_on as known_on
    from {{ ref('int_quality__utilities') }}

),

{{ disconnect_list('asked') }}

select * from final
