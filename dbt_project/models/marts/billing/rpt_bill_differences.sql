with differing as (

    select
        utility_id,
        bill_id,
        service,
        account_id,
        billed_on,
        reason
    from {{ ref('fct_bill_audit') }}
    where billed_usd != recomputed_usd

),

charges as (

    select * from {{ ref('stg_extracts__charges') }}

),

recomputed as (

    select * from {{ ref('fct_bill_lines') }}

),

-- An extract may leave the block out: then the volume lines of a service are blocks in their order.
billed_lines as (

    select
        charges.utility_id,
        charges.bill_id,
        charges.service,
        charges.charge_code as component,
        coalesce(
            charges.block,
            case
                when charges.charge_code = 'volume'
                    then row_number() over (partition by charges.utility_id, charges.bill_id, charges.service, charges.charge_code order by charges._line_number)
                else 0
            end
        ) as block_no,
        charges._line_number,
        charges.charge_id,
        charges.quantity,
        charges.unit,
        charges.charge_rate_usd,
        charges.amount_usd
    from charges
    inner join differing
        on
            charges.utility_id = differing.utility_id
            and charges.bill_id = differing.bill_id
            and charges.service = differing.service

),

-- A bill whose days are split over a change of rates has each line once for every part.
billed as (

    select
        *,
        row_number() over (partition by utility_id, bill_id, service, component, block_no order by _line_number, charge_id) as part_no
    from billed_lines

),

expected as (

    select
        recomputed.*,
        row_number() over (
            partition by recomputed.utility_id, recomputed.bill_id, recomputed.service, recomputed.component, recomputed.block_no
            order by recomputed.days_before, recomputed.line_no
        ) as part_no
    from recomputed
    inner join differing
        on
            recomputed.utility_id = differing.utility_id
            and recomputed.bill_id = differing.bill_id
            and recomputed.service = differing.service

),

beside as (

    select
        coalesce(billed.utility_id, expected.utility_id) as utility_id,
        coalesce(billed.bill_id, expected.bill_id) as bill_id,
        coalesce(billed.service, expected.service) as service,
        coalesce(billed.component, expected.component) as component,
        cast(coalesce(billed.block_no, expected.block_no) as integer) as block_no,
        cast(coalesce(billed.part_no, expected.part_no) as integer) as part_no,
        billed.quantity as billed_quantity,
        billed.charge_rate_usd as billed_rate_usd,
        billed.amount_usd as billed_usd,
        expected.quantity as recomputed_quantity,
        expected.unit_rate_usd as recomputed_rate_usd,
        expected.amount_usd as recomputed_usd,
        coalesce(expected.unit, billed.unit) as unit,
        expected.effective_from_on,
        expected.tariff_class,
        coalesce(expected.is_assumed, false) as is_assumed
    from billed
    full outer join expected
        on
            billed.utility_id = expected.utility_id
            and billed.bill_id = expected.bill_id
            and billed.service = expected.service
            and billed.component = expected.component
            and billed.block_no = expected.block_no
            and billed.part_no = expected.part_no

),

final as (

    select
        beside.*,
        differing.account_id,
        differing.billed_on,
        differing.reason,
        {{ as_money('coalesce(beside.billed_usd, 0) - coalesce(beside.recomputed_usd, 0)') }} as difference_usd
    from beside
    inner join differing
        on
            beside.utility_id = differing.utility_id
            and beside.bill_id = differing.bill_id
            and beside.service = differing.service

)

select * from final
