with accounts as (

    select * from {{ ref('int_receivables__accounts') }}

),

postings as (

    {% for kind in ['charges', 'cancellations', 'penalties', 'fees', 'payments', 'returns', 'adjustments', 'write_offs', 'transfers'] -%}
        {% if not loop.first %}
            union all
        {% endif %}
        select * from {{ ref('int_receivables__postings_' ~ kind) }}
    {%- endfor %}

),

final as (

    select
        accounts.account_key,
        postings.posted_on,
        postings.posting_kind,
        postings.posting_detail,
        postings.debit_class,
        postings.service,
        postings.amount_usd,
        postings.due_on,
        postings.due_known_on,
        postings.bill_id,
        postings.fits_class,
        postings.named_service,
        postings.reverses_posting_id,
        postings.source_entity,
        postings.source_id,
        postings.event_id,
        postings._load_id,
        postings._line_number
    from postings
    inner join accounts
        on postings.utility_id = accounts.utility_id and postings.account_id = accounts.account_id

)

select * from final
