-- Whom did the waivers of an episode help, and how do they stand since: by class, and in all (customer_class is null)?
select
    help_group,
    customer_class,
    sum(account_count) as account_count,
    sum(penalties_usd) as penalties_usd,
    sum(window_end_past_due_count) as window_end_past_due_count,
    sum(window_end_past_due_usd) as window_end_past_due_usd,
    sum(past_due_count) as past_due_count,
    sum(past_due_usd) as past_due_usd
from marts.rpt_waiver_help
where utility_id = $utility and episode_id = $episode
group by grouping sets ((help_group, customer_class), (help_group))
order by customer_class nulls first, help_group
