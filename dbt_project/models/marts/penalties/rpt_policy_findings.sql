{#- Each of these has exactly the columns of this report. -#}
{% set parts = [
    'int_penalties__payment_findings',
    'int_penalties__closure_findings',
    'int_penalties__enrolment_findings',
    'int_penalties__draft_findings',
    'int_penalties__fee_findings',
    'int_penalties__charge_findings',
    'int_receivables__credit_findings',
    'int_receivables__deposit_findings',
    'int_penalties__penalty_findings',
    'int_penalties__collection_findings',
    'int_billing__due_week_findings',
] %}

with utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

findings as (

    {% for part in parts -%}
        select utility_id, finding, rule, account_id, source_entity, source_id, found_on, amount_usd, expected_usd, detail
        from {{ ref(part) }}
        {% if not loop.last %} union all {% endif %}
    {% endfor %}

),

final as (

    select
        findings.utility_id,
        findings.finding,
        findings.rule,
        findings.account_id,
        findings.source_entity,
        findings.source_id,
        findings.found_on,
        findings.amount_usd,
        findings.expected_usd,
        findings.detail
    from findings
    inner join utilities
        on findings.utility_id = utilities.utility_id
    where findings.found_on <= utilities.as_of_on

)

select * from final
