-- Bills that came later than they would have. A few days more or less are the usual spread of billing.
{%- set usual_days = 5 %}
with restated as (

    select * from {{ ref('int_penalties__impact_restated_bills') }}
    where {{ days_between('restated_on', 'issued_on') }} > {{ usual_days }}

),

events as (

    select * from {{ ref('int_penalties__impact_events') }}
    where event_kind = 'billing_suspension'

),

suspensions as (

    select
        utility_id,
        episode_id,
        {{ listed('event_id', 'event_no') }} as covered_by
    from events
    group by utility_id, episode_id

),

final as (

    select
        restated.utility_id,
        restated.episode_id,
        suspensions.covered_by,
        restated.account_key,
        restated.customer_class,
        restated.bill_id,
        restated.part_no,
        restated.restated_on,
        restated.issued_on,
        {{ as_money('restated.amount_usd') }} as amount_usd
    from restated
    inner join suspensions
        on restated.utility_id = suspensions.utility_id and restated.episode_id = suspensions.episode_id

)

select * from final
