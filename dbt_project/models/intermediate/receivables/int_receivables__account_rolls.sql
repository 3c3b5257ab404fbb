-- Two month ends of the same account side by side. What a returned payment opened again counts only up to what stood there before.
with account_months as (

    select * from {{ ref('int_receivables__account_months') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

followed as (

    select
        *,
        lead(month_no) over ahead = month_no + 1 as is_open_next,
        {% for bucket in age_buckets()[:-1] -%}
            lead(rolled_{{ bucket }}_usd) over ahead as next_{{ bucket }}_usd{% if not loop.last %},{% endif %}
        {% endfor %}
    from account_months
    window
        ahead as (partition by account_key order by month_no)

),

final as (

    select
        followed.utility_id,
        followed.month_no + 1 as month_no,
        followed.customer_class,
        followed.is_final,
        {% for bucket in age_buckets()[:-1] -%}
            {{ sum_money('followed.' ~ bucket ~ '_usd') }} as {{ bucket }}_usd,
            {{ sum_money('case when followed.is_open_next then least(followed.' ~ bucket ~ '_usd, followed.next_' ~ bucket ~ '_usd) end') }} as rolled_{{ bucket }}_usd{% if not loop.last %},{% endif %}
        {% endfor %}
    from followed
    inner join utilities
        on
            followed.utility_id = utilities.utility_id
            and {{ month_end_of('followed.month_no + 1') }} <= utilities.as_of_on
    group by followed.utility_id, followed.month_no, followed.customer_class, followed.is_final

)

select * from final
