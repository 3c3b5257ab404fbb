-- What does the policy say of a fund's lines, and what do its bills of the test year come to?
select
    funds.fund,
    settings.pilot_line,
    coalesce(settings.pilot_category, pilot.category, 'transfer') as pilot_category,
    coalesce(pilot.category, 'transfer') as pilot_chart_category,
    coalesce(pilot.title, 'Payment in lieu of taxes') as pilot_title,
    settings.interest_line,
    coalesce(interest.title, 'Interest') as interest_title,
    coalesce(interest.is_pledged, false) as interest_is_pledged,
    settings.new_debt_lien,
    existing.test_year,
    existing.existing_usd
from (select distinct utility_id, fund from intermediate.int_finance__fund_years) as funds
inner join intermediate.int_finance__settings as settings
    on funds.utility_id = settings.utility_id
left join intermediate.int_finance__chart_of_lines as pilot
    on funds.utility_id = pilot.utility_id and settings.pilot_line = pilot.line
left join intermediate.int_finance__chart_of_lines as interest
    on funds.utility_id = interest.utility_id and settings.interest_line = interest.line
left join intermediate.int_finance__existing_revenue as existing
    on funds.utility_id = existing.utility_id and funds.fund = existing.fund
where funds.utility_id = $utility
order by funds.fund
