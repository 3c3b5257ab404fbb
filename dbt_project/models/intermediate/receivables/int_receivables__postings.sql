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
        postings.*
    from postings
    inner join accounts
        on postings.utility_id = accounts.utility_id and postings.account_id = accounts.account_id

)

select * from final
