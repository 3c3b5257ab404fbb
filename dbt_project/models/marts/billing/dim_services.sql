with services as (

    select * from {{ ref('stg_policy__services') }}

),

service_funds as (

    select * from {{ ref('int_receivables__service_funds') }}

),

application_order as (

    select * from {{ ref('stg_policy__application_order') }}
    where dimension = 'service'

),

final as (

    select
        service_funds.utility_id,
        service_funds.service,
        coalesce(services.service_title, 'Account, no service') as service_title,
        service_funds.fund,
        coalesce(services.sort, 0) as sort,
        application_order.application_rank,
        coalesce(application_order.is_assumed, true) as is_order_assumed,
        application_order.source as order_source
    from service_funds
    left join services
        on service_funds.utility_id = services.utility_id and service_funds.service = services.service
    left join application_order
        on service_funds.utility_id = application_order.utility_id and service_funds.service = application_order.item

)

select * from final
