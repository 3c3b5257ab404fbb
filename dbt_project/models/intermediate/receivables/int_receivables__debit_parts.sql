{{ config(materialized='view') }}

-- A service of a level bill stands in parts, each with its own due date; every other debit is whole.
with postings as (

    select * from {{ ref('int_receivables__postings') }}
    where debit_class is not null

),

level_parts as (

    select * from {{ ref('int_receivables__level_parts') }}

),

final as (

    select
        postings.account_key,
        postings.source_entity,
        postings.source_id,
        postings.bill_id,
        postings.debit_class,
        postings.service,
        postings.posted_on,
        {{ posting_id('postings') }} as posting_id,
        coalesce(level_parts.part_no, 1) as part_no,
        coalesce(level_parts.is_part, false) as is_part,
        level_parts.wait_no,
        coalesce(level_parts.amount_usd, postings.amount_usd) as amount_usd,
        case when level_parts.part_no is null then postings.due_on else level_parts.due_on end as due_on,
        case when level_parts.part_no is null then postings.due_known_on else level_parts.due_known_on end as due_known_on
    from postings
    left join level_parts
        on
            postings.account_key = level_parts.account_key
            and postings.bill_id = level_parts.bill_id
            and postings.service = level_parts.service
            and postings.source_entity = 'bills'

)

select * from final
