{%- set last_age = 24 -%}
with collected as (

    select * from {{ ref('int_receivables__collected') }}

),

event_months as (

    select * from {{ ref('int_receivables__event_months') }}

),

utilities as (

    select
        *,
        {{ month_number('as_of_on') }} as last_month_no
    from {{ ref('int_quality__utilities') }}

),

bills as (

    select
        utility_id,
        customer_class,
        billed_month_no,
        {% for means in ['billed', 'cancelled', 'credit', 'transferred'] -%}
            {{ sum_money("case when means = '" ~ means ~ "' then amount_usd end") }} as {{ means }}_usd{% if not loop.last %},{% endif %}
        {% endfor %}
    from collected
    group by utility_id, customer_class, billed_month_no

),

ages as (

    select
        bills.*,
        {{ explode_range('0', 'least(' ~ last_age ~ ', utilities.last_month_no - bills.billed_month_no)') }} as age_months
    from bills
    inner join utilities
        on bills.utility_id = utilities.utility_id

),

monthly as (

    select
        utility_id,
        customer_class,
        billed_month_no,
        age_months,
        {% for means in ['own_money', 'assistance', 'written_off'] -%}
            sum(case when means = '{{ means }}' then amount_usd else 0 end) as {{ means }}_usd{% if not loop.last %},{% endif %}
        {% endfor %}
    from collected
    group by utility_id, customer_class, billed_month_no, age_months

),

grown as (

    select
        ages.*,
        ages.billed_month_no + ages.age_months as month_no,
        ages.billed_usd - ages.cancelled_usd - ages.credit_usd - ages.transferred_usd as collectible_usd,
        {% for means in ['own_money', 'assistance', 'written_off'] -%}
            coalesce(sum(monthly.{{ means }}_usd) over upward, 0) as {{ means }}_usd{% if not loop.last %},{% endif %}
        {% endfor %}
    from ages
    left join monthly
        on
            ages.utility_id = monthly.utility_id
            and ages.customer_class = monthly.customer_class
            and ages.billed_month_no = monthly.billed_month_no
            and ages.age_months = monthly.age_months
    window
        upward as (
            partition by ages.utility_id, ages.customer_class, ages.billed_month_no order by ages.age_months
            rows between unbounded preceding and current row
        )

),

final as (

    select
        grown.utility_id,
        {{ month_end_of('grown.billed_month_no') }} as billed_month_end_on,
        grown.customer_class,
        cast(grown.age_months as integer) as age_months,
        event_months.month_end_on,
        {% for amount in ['billed', 'cancelled', 'credit', 'transferred', 'collectible', 'own_money', 'assistance', 'written_off'] -%}
            {{ as_money('grown.' ~ amount ~ '_usd') }} as {{ amount }}_usd,
        {% endfor -%}
        {{ as_money('grown.collectible_usd - grown.own_money_usd - grown.assistance_usd - grown.written_off_usd') }} as uncollected_usd,
        {{ percentage('grown.own_money_usd + grown.assistance_usd', 'grown.collectible_usd') }} as collected_pct,
        event_months.month_end_on <= utilities.as_of_on as is_month_complete,
        event_months.has_event,
        billed_months.is_billing_suspended,
        billed_months.is_skewed
    from grown
    inner join utilities
        on grown.utility_id = utilities.utility_id
    inner join event_months
        on grown.utility_id = event_months.utility_id and grown.month_no = event_months.month_no
    inner join event_months as billed_months
        on grown.utility_id = billed_months.utility_id and grown.billed_month_no = billed_months.month_no

)

select * from final
