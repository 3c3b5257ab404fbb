{{ config(materialized='view') }}

with services as (

    select * from {{ ref('stg_policy__services') }}

),

utilities as (

    select * from {{ ref('stg_policy__utilities') }}

),

-- What has no service stands in the fund that the policy names.
final as (

    select
        utility_id,
        service,
        fund
    from services
    where service != 'account'
    union all
    select
        utility_id,
        'account' as service,
        account_fund as fund
    from utilities

)

select * from final
