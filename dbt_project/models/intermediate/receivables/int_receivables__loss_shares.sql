-- Of each dollar that stands in an age, how much is lost in the end: the product of the steps from there to the write-off. Each step is the mean
-- of months without an event, weighted by dollars, up to the day that it serves.
with month_ends as (

    select
        months.utility_id,
        months.month_no,
        months.month_end_on,
        {{ fiscal_year_of('months.month_end_on', 'utilities.fiscal_year_start_month') }} as fiscal_year,
        utilities.as_of_on
    from {{ ref('int_receivables__event_months') }} as months
    inner join {{ ref('int_quality__utilities') }} as utilities
        on months.utility_id = utilities.utility_id and months.month_end_on <= utilities.as_of_on

),

rates as (

    select * from {{ ref('int_receivables__roll_steps') }}
    where not has_event

),

rules as (

    select * from {{ ref('int_receivables__collection_rules') }}

),

year_ends as (

    select
        utility_id,
        fiscal_year,
        max(month_no) as month_no,
        max(month_end_on) as month_end_on
    from month_ends
    group by utility_id, fiscal_year

),

-- Of active and of final accounts, and of all together for a step that one of the two never took.
watched as (

    select
        year_ends.utility_id,
        year_ends.fiscal_year,
        year_ends.month_end_on,
        rates.account_group,
        rates.step_no,
        rates.month_no,
        rates.from_usd,
        rates.rolled_usd
    from year_ends
    inner join rules
        on
            year_ends.utility_id = rules.utility_id
            and year_ends.month_end_on >= rules.from_on
            and year_ends.month_end_on < rules.to_on
    inner join rates
        on
            year_ends.utility_id = rates.utility_id
            and year_ends.month_no >= rates.month_no
            and year_ends.month_no - rules.average_months < rates.month_no

),

averaged as (

    select
        utility_id,
        fiscal_year,
        month_end_on,
        {% for step in range(1, 7) -%}
            {% for group in ['active', 'final', 'all'] -%}
                {%- set seen = "step_no = " ~ step ~ ("" if group == 'all' else " and account_group = '" ~ group ~ "'") -%}
                cast(sum(case when {{ seen }} then rolled_usd end) / sum(case when {{ seen }} then from_usd end) as decimal(9, 8)) as {{ group }}_{{ step }},
                count(distinct case when {{ seen }} then month_no end) as {{ group }}_{{ step }}_count{% if not (loop.last and step == 6) %},{% endif %}
            {% endfor %}
        {%- endfor %}
    from watched
    group by utility_id, fiscal_year, month_end_on

),

pivoted as (

    {% for group in ['active', 'final'] -%}
        {% if not loop.first %}
            union all
        {% endif %}
        select
            utility_id,
            fiscal_year,
            month_end_on,
            '{{ group }}' as account_group,
            {% for step in range(1, 7) -%}
                coalesce({{ group }}_{{ step }}, all_{{ step }}) as step_{{ step }},
                {{ group }}_{{ step }}_count as step_{{ step }}_count{% if not loop.last %},{% endif %}
            {% endfor %}
        from averaged
    {%- endfor %}

),

{% for step in range(5, 0, -1) -%}
    lost_{{ step }} as (

        select
            *,
            cast(step_{{ step }} * {{ 'step_6' if step == 5 else 'lost_share_' ~ (step + 1) }} as decimal(9, 8)) as lost_share_{{ step }}
        from {{ 'pivoted' if step == 5 else 'lost_' ~ (step + 1) }}

    ),

{% endfor -%}
final as (

    {% for bucket in age_buckets() -%}
        {% if not loop.first %}
            union all
        {% endif %}
        select
            utility_id,
            fiscal_year,
            month_end_on,
            account_group,
            '{{ bucket }}' as bucket,
            {{ loop.index }} as step_no,
            step_{{ loop.index }} as step_share,
            {{ 'step_6' if loop.last else 'lost_share_' ~ loop.index }} as lost_share,
            step_{{ loop.index }}_count as month_count
        from lost_1
    {%- endfor %}

)

select * from final
