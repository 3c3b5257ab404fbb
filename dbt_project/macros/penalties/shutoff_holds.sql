{# The moratoria that concern each candidate, in the versions known on its day: `candidate_moratoria`, and those that stand on the day of the
   shut-off: `standing_moratoria`. One for some services concerns whoever is past due for one of them. #}
{% macro shutoff_moratoria() %}
late_services as (

    select distinct
        account_key,
        at_on,
        service
    from late_items

),

candidate_moratoria as {{ computed_once() }} (

    select distinct
        candidates.account_key,
        candidates.at_on,
        moratoria.event_id,
        moratoria.starts_on,
        moratoria.ends_on
    from candidates
    inner join {{ ref('int_penalties__moratoria') }} as moratoria
        on
            candidates.utility_id = moratoria.utility_id
            and candidates.known_on >= moratoria.known_from_on
            and candidates.known_on < moratoria.known_to_on
            and candidates.judged_on >= moratoria.starts_on
            and (moratoria.customer_classes is null or {{ names_word('moratoria.customer_classes', 'candidates.customer_class') }})
    left join late_services
        on candidates.account_key = late_services.account_key and candidates.at_on = late_services.at_on
    where
        moratoria.services is null
        or late_services.service = 'account'
        or {{ names_word('moratoria.services', 'late_services.service') }}

),

standing_moratoria as (

    select
        candidates.account_key,
        candidates.at_on,
        max(candidate_moratoria.ends_on) as ends_on
    from candidates
    inner join candidate_moratoria
        on candidates.account_key = candidate_moratoria.account_key and candidates.at_on = candidate_moratoria.at_on
    where candidate_moratoria.ends_on >= candidates.judged_on and {{ names_word('candidates.holds', "'moratorium'") }}
    group by candidates.account_key, candidates.at_on

)
{% endmacro %}


{# The delivered holds of each candidate on the day of the shut-off, both days included: `held`. One of a kind that the policy does not name
   does not hold. #}
{% macro shutoff_holds() %}
held as (

    select
        candidates.account_key,
        candidates.at_on,
        {% for kind in ['medical', 'weather', 'bankruptcy', 'other'] -%}
            max(case when holds.hold_kind = '{{ kind }}' then coalesce(holds.ends_on, {{ end_of_time() }}) end) as {{ kind }}_ends_on
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from candidates
    inner join {{ ref('int_penalties__holds') }} as holds
        on
            candidates.utility_id = holds.utility_id
            and candidates.account_id = holds.account_id
            and candidates.judged_on >= holds.starts_on
            and candidates.judged_on <= coalesce(holds.ends_on, {{ end_of_time() }})
            and {{ names_word('candidates.holds', 'holds.hold_kind') }}
    group by candidates.account_key, candidates.at_on

)
{% endmacro %}
