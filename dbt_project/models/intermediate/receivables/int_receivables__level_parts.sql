-- The dollars of a level bill stand in the policy's order of services; here the bill's parts are cut where a service ends.
with bill_parts as (

    select * from {{ ref('int_receivables__level_bill_parts') }}

),

level_bills as (

    select * from {{ ref('int_receivables__level_bills') }}

),

bill_services as (

    select * from {{ ref('int_billing__bill_services') }}
    where amount_usd > 0

),

service_ranks as (

    select * from {{ ref('stg_policy__application_order') }}
    where dimension = 'service'

),

ranked as (

    select
        level_bills.account_key,
        level_bills.bill_id,
        level_bills.billed_on,
        bill_services.service,
        bill_services.amount_usd,
        coalesce(service_ranks.application_rank, 99) as service_rank
    from level_bills
    inner join bill_services
        on level_bills.utility_id = bill_services.utility_id and level_bills.bill_id = bill_services.bill_id
    left join service_ranks
        on level_bills.utility_id = service_ranks.utility_id and bill_services.service = service_ranks.item

),

placed as (

    select
        *,
        sum(amount_usd) over (
            partition by account_key, bill_id order by service_rank, service
            rows between unbounded preceding and current row
        ) as to_usd
    from ranked

),

parts as (

    select
        placed.account_key,
        placed.bill_id,
        placed.billed_on,
        placed.service,
        placed.service_rank,
        bill_parts.due_on,
        bill_parts.due_known_on,
        least(bill_parts.to_usd, placed.to_usd)
        - greatest(bill_parts.from_usd, placed.to_usd - placed.amount_usd) as amount_usd,
        row_number() over (
            partition by placed.account_key, placed.bill_id, placed.service order by bill_parts.from_usd
        ) as part_no,
        count(*) over (partition by placed.account_key, placed.bill_id, placed.service) as part_count
    from placed
    inner join bill_parts
        on
            placed.account_key = bill_parts.account_key
            and placed.bill_id = bill_parts.bill_id
            and placed.to_usd > bill_parts.from_usd
            and placed.to_usd - placed.amount_usd < bill_parts.to_usd

),

final as (

    select
        account_key,
        bill_id,
        service,
        cast(part_no as integer) as part_no,
        part_count > 1 as is_part,
        cast(
            row_number() over (
                partition by account_key order by billed_on, service_rank, bill_id, service, part_no
            ) as integer
        ) as wait_no,
        due_on,
        due_known_on,
        {{ as_money('amount_usd') }} as amount_usd
    from parts

)

select * from final
