with services as (

    select * from {{ ref('int_billing__classed_services') }}

),

final as (

    {{ split_into_parts('services', ['utility_id', 'bill_id']) }}

)

select * from final
