{# Why a bill's penalty differs from policy, in the columns of fct_penalties and the switches that it is made with. The first that holds. #}
{% macro penalty_difference_reason() -%}
    case
        when difference_usd = 0 then 'none'
        when not has_cycle and billed_on is null then 'before_data'
        when not has_cycle then 'no_penalty_date'
        when assessed_usd = 0 and waived_event_usd = 0 and (assess_on is null or assess_on > as_of_on) then 'not_yet'
        when is_in_waiver and difference_usd > 0 then 'in_waiver'
        when waived_event_usd > 0 and not is_in_waiver then 'waived_without_event'
        when assessed_usd = 0 and is_on_return then 'late_return'
        when assessed_usd = 0 then 'not_assessed'
        when penalty_count > 1 and difference_usd > 0 then 'second_penalty'
        when exempt_reason is not null then exempt_reason
        when difference_usd > 0 and disputed_usd > 0 then 'disputed_part'
        when difference_usd > 0 and agreed_usd > 0 then 'agreed_part'
        when difference_usd > 0 and pending_usd > 0 then 'received_in_time'
        when base_usd = 0 then 'no_base'
        else 'wrong_base'
    end
{%- endmacro %}
