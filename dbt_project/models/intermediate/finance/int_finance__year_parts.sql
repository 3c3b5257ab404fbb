with bills as (

    select * from {{ ref('int_finance__year_bills') }}

),

parts as (

    select * from {{ ref('int_billing__part_units') }}

),

charged as (

    select * from {{ ref('int_billing__charged_services') }}

),

shared_days as (

    select
        account_key,
        service_from_on,
        service_to_on
    from bills
    where is_standing and has_service_days
    group by account_key, service_from_on, service_to_on
    having count(*) > 1

),

-- The same days of a service on two bills that stand: the first that charges it counts.
ranked as (

    select
        parts.utility_id,
        parts.bill_id,
        parts.service,
        row_number() over (
            partition by bills.account_key, bills.service_from_on, bills.service_to_on, parts.service
            order by case when charged.bill_id is not null then 0 else 1 end, bills.billed_on, bills.bill_id
        ) as place
    from shared_days
    inner join bills
        on
            shared_days.account_key = bills.account_key
            and shared_days.service_from_on = bills.service_from_on
            and shared_days.service_to_on = bills.service_to_on
            and bills.is_standing
            and bills.has_service_days
    inner join parts
        on bills.utility_id = parts.utility_id and bills.bill_id = parts.bill_id and parts.is_first_part
    left join charged
        on parts.utility_id = charged.utility_id and parts.bill_id = charged.bill_id and parts.service = charged.service

),

doubled as (

    select * from ranked
    where place > 1

),

final as (

    select
        parts.utility_id,
        parts.bill_id,
        parts.service,
        parts.days_before,
        parts.unit_id,
        bills.customer_class,
        bills.dated_count,
        bills.has_service_days,
        doubled.bill_id is not null as is_doubled,
        parts.days_through - parts.days_before as part_days,
        case
            when not bills.is_standing or doubled.bill_id is not null then 0
            else greatest(cast({{ days_between(
                'greatest(' ~ add_days('bills.service_from_on', 'parts.days_before') ~ ', ' ~ add_days('bills.from_on', '-1') ~ ')',
                'least(' ~ add_days('bills.service_from_on', 'parts.days_through') ~ ', bills.through_on)'
            ) }} as integer), 0)
        end as year_days,
        {{ add_days('bills.service_from_on', whole_quotient('parts.days_before + parts.days_through + 1', '2')) }} as middle_on
    from bills
    inner join parts
        on bills.utility_id = parts.utility_id and bills.bill_id = parts.bill_id
    left join doubled
        on parts.utility_id = doubled.utility_id and parts.bill_id = doubled.bill_id and parts.service = doubled.service

)

select * from final
