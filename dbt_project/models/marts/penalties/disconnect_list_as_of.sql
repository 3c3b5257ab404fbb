{{ config(materialized='table_function', parameters=['as_of', 'known_on'], contract={'enforced': false}) }}

with asked as (

    select
        utility_id,
        cast(as_of as date) as as_of_on,
        cast(known_on as date) as known_on
    from {{ ref('int_quality__utilities') }}

),

{{ disconnect_list('asked') }}

select * from final
