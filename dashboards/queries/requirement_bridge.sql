-- What did the waivers change in the year's lines, which already contain it?
select
    bridge.fiscal_year,
    episodes.episode_title,
    bridge.component,
    bridge.line_kind,
    bridge.method,
    bridge.with_usd,
    bridge.without_usd,
    bridge.difference_usd,
    bridge.low_usd,
    bridge.high_usd
from marts.rpt_requirement_bridge as bridge
inner join (select distinct utility_id, episode_id, episode_title from marts.dim_policy_episodes) as episodes
    on bridge.utility_id = episodes.utility_id and bridge.episode_id = episodes.episode_id
where bridge.utility_id = $utility and bridge.fund = $fund and bridge.question = 'waiver'
order by bridge.fiscal_year desc, episodes.episode_title, bridge.component
