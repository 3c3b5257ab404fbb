-- What would it cost to extend the waivers of an episode to a day?
select
    component,
    from_on,
    until_on,
    low_usd,
    central_usd,
    high_usd,
    collected_usd,
    charged_usd,
    expected_usd,
    passed_days,
    to_come_days,
    is_open
from marts.extension_cost_of(cast($until_on as date))
where utility_id = $utility and episode_id = $episode
order by component desc
