"""What the words of the pages mean: one paragraph each, folded at the end of every page."""

from __future__ import annotations

SETTLEMENT = (
    "Payments cover the oldest due date first. A credit that names a bill reduces that bill first. A "
    "returned payment counts as never received from its return date on, so what it had covered is open "
    "again with its original due date. What is paid beyond all open items is unapplied credit: it "
    "belongs to the account, has no service and never ages. Open amounts and pairs are those of the "
    "as-of date and use nothing that was posted after it."
)
DEFINITIONS = {
    "Owed": "Every posting dated on or before the as-of date, added up. It equals the open items by age "
    "less unapplied credit.",
    "Days late": "As-of date less the due date in force. The due date itself is not yet late.",
    "Over 90 days": "Open items 91 days late or more, before unapplied credit; its share is of all open "
    "items.",
    "Unapplied credit": "Paid or credited beyond all open items of the account. It is never set against "
    "another customer's debt.",
    "Ties to the books": "The ledger's receivable at the month end less the general ledger's, fund by fund.",
    "Changed since the build before": "What both builds say was owed at the last month end that both know. "
    "Rows delivered late or restated change it.",
    "Revenue of the year": "Every bill of the fiscal year priced by the rate engine, line by line and "
    "rounded as the bills are, less cancelled bills. Distinct units are priced once, times how often "
    "they were billed: equal to the cent to pricing every bill. What is collected for others, such as "
    "sales tax, is no revenue.",
    "Under these rates": "The same bills with the same use at the prices in the table. That people use "
    "less where a price rises is not in it.",
    "Median bill": "What one month costs at the median use of the class, all charges and taxes of the "
    "service included.",
    "Percentile": "At the 25th percentile a quarter of the year's bills have that use a month or less. "
    "Short and cancelled bills are left out.",
    "Rates all year": "The edited prices replace the class's prices in every version in force in the "
    "fiscal year. A bill that is split over a change of rates stays split, and each part is rounded.",
    "Version": "A tariff file replaces the one before it whole, from its first day on.",
    "Bill calculator": "One bill under one version, by the engine that recomputes every bill. A bill whose "
    "days span a change of rates has a part for each version; calculate each part with its own months.",
    "Exact to the cent": "Every bill and service is computed again from reads, winter average and tariff "
    "in force; the share of them whose billed amount is the same to the cent. Deposits, loan "
    "instalments and connection fees stand beside the tariff and are left out, and so are bills "
    "cancelled since.",
    "Mistakes found": "Bills whose difference has a cause that must be corrected. Rounding, estimates that "
    "a later true read put right and cancelled bills are no mistakes. At stake: the differences added "
    "up, too much and too little alike.",
    "Never billed": "Days of service that no bill covers, priced from the reads in them, or by base "
    "charges alone where there are none. A customer of the water provider without an account here "
    "counts with base charges.",
    "Estimated read": "The reader put in what the meter would show, because of weather or no access; the "
    "next true reading corrects it. The share is of all reads but those of a change of meter.",
    "Earned": "Revenue of the month's days of service, whenever they were billed: each bill is spread "
    "evenly over its days. What is collected for others is no revenue.",
    "Billed": "Revenue on the bills dated in the month, less cancelled ones.",
    "Unbilled": "Service given and not yet billed at the month's end. As could be known then: days since "
    "the last read, usual use, rates in force. As it turned out: the later bills' part for those days. "
    "The error is the first less the second.",
    "Winter average": "The mean monthly use of the periods read in January, February and March; a home's "
    "sewer charge rests on it from April. A home without enough winter reads pays by its own use.",
    "Reasons": "One thing is changed at a time (the use, the version of the rates, the months, the class, "
    "the meter size); what reproduces the bill to the cent is the reason. Where nothing does, it is "
    "not explained.",
    "Proof of revenue": "Every distinct use, priced once by the tariff in force and multiplied by its "
    "number of bills, against what was billed. What is left is not explained; over 1 % it is marked, "
    "as is a difference to the books over 1 %.",
    "Books": "Rate revenue of the general ledger by service and class, against the revenue on the bills of "
    "the fiscal year.",
    "Bill frequency": "Bills by their use of a month. A block sells the use that falls into its bands, so "
    "that other bounds can be judged from here.",
    "Penalty": "What the billing policy expects for a bill that is not paid by its penalty date: the "
    "percentage, or the flat amount, of what was open when that day ended, earlier penalties and fees "
    "as the policy says. What was received by then counts as paid, also where it was posted later; "
    "what was posted later does not lower or raise the base. One penalty an account and bill.",
    "Charged wrongly": "Bills whose penalty is not the one that policy expects: charged on another amount, "
    "twice, in spite of a waiver, or not at all. What rests on balances older than the data is shown "
    "and is no mistake.",
    "Penalty not charged because of the waiver": "The penalty that policy would have asked for on what was "
    "open during the waiver (rules applied to what happened), earlier ones not charged included where "
    "penalties compound. It is not what would have been collected: without a waiver some people pay "
    "sooner, and not every penalty is ever paid.",
    "Penalties collected": "Of the penalties posted: the part that payments and credits have covered by "
    "the as-of date. Payments cover the oldest due date first.",
    "Courtesy": "A waiver of one customer's penalty that no event of the policy calendar asks for.",
    "Fees": "Returned payments, shut-off and reconnection, and payment fees by channel and tender, each "
    "against the fee that the policy names on that day. A fee that the city absorbs while a waiver "
    "lasts is the amount that customers would have paid, or what the processor charged.",
    "May be shut off": "Far enough behind, and nothing that the data knows stands in the way: no "
    "moratorium, kept agreement, undecided dispute, medical, weather or other hold, no bankruptcy, and "
    "every notice sent and old enough.",
    "Far enough behind": "The oldest open item with a due date is as many days late as the policy asks (60 "
    "days behind), the account is open and its class is one that is shut off. Accounts that are "
    "already off are listed with that.",
    "As known then": "Events such as a moratorium count from the day on which they became known: an "
    "extension that was announced later is left out. As known now counts everything that has become "
    "known since, so that both lists of a past day can be compared.",
    "To avoid and to restore": "To avoid: what has to be paid so that nothing is past due any more. To "
    "restore: the whole balance with the disconnect and reconnect fee, in cash or by card where the "
    "policy refuses checks.",
    "Owner's part": "What is open for service of at most 90 days, which can be claimed from the owner of a "
    "rented place. Exposure is the balance less the deposit held; a deposit is never set against the "
    "balance here.",
    "Agreement": "Kept while every installment is met by the end of its days of grace: what was owed at "
    "signing is down to what is not yet due. A broken one gives every item its original age back. "
    "Against the policy: longer than it allows, a schedule that does not add up, or signed when the "
    "account was already off.",
    "Dispute": "A bill appealed within the policy's days from its receipt, first to the collector, then to "
    "the director of finance. Until it is decided, the disputed part bears no penalty and does not "
    "lead to a shut-off; it stays in what is owed.",
    "Paid by customers": "Payments by the day on which they were posted, also those that were returned "
    "later; what a programme paid for a customer (assistance) stands apart.",
    "Payment fees": "What a payer is charged beside the bill for a channel and tender: it goes to the "
    "processor or agent and is never owed to the city. While such fees are waived the city pays the "
    "processor in the customers' place: that part is absorbed.",
    "Returned payment": "A check, draft or card payment that the bank took back: it counts as never "
    "received from that day on, and costs a fee. Three returned checks or drafts, or as many as the "
    "policy says, and the account pays with cash or a card only.",
    "Assistance": "Money of a programme for a customer: paid in by channel assistance, or credited to the "
    "account. It lowers what is owed and says nothing of how customers pay.",
    "Findings": "Rows that the policy of their day does not allow: a tender that a channel does not take, "
    "a check after too many returned ones, after shut-off, a card of another brand, a fee that differs.",
    "Past due": "Open items after their due date, before unapplied credit. Delinquent: after the penalty "
    "date. Far enough behind: the oldest open item is as many days late as a shut-off asks, whatever "
    "stands in its way. The three are never exchanged.",
    "Days sales outstanding": "By countback: what is owed is taken back through the revenue of the latest "
    "days until it is used up; the days used are the answer. The simple ratio is what is owed divided "
    "by the revenue a day. Months in which billing was suspended have none: what was not billed is "
    "missing in what is owed. By service days, what is not yet billed is counted on both sides, and a "
    "skipped bill changes nothing.",
    "Collection effectiveness": "Of what could be collected in a month (opening plus charged, less what is "
    "not yet due at its end) the part that was.",
    "Roll rates": "Of the dollars in an age at a month end, what the same accounts still owe a month "
    "later, older. What was posted in between is left out, so none exceeds 100 %. The last step: of "
    "what is over 120 days late, the part written off within the policy's window, net of recoveries.",
    "Collection curve": "Of the bills of a month, the percentage that has been paid by so many months "
    "after, by customers or a programme. Credits and cancelled bills are taken off what was billed; a "
    "payment that was returned never counts.",
    "Allowance": "What of the open items is not expected to be paid: each age times its roll rates up to "
    "the write-off, active and final accounts apart, months with an event left out. Opening and "
    "provision less write-offs and with recoveries is the closing.",
    "Write-off candidates": "Accounts whose debt the policy lets the council write off: final for more "
    "days than the policy asks, bankrupt or deceased. A write-off does not forgive: what comes later "
    "is a recovery.",
    "Cost of the waiver": "Penalties that were not charged although bills came and fell due as they did: "
    "only the waiver is thought away; suspended bills, longer due dates and closed ways to pay stay as "
    "they were. A bill that was never issued has no penalty date and no penalty.",
    "Cost of the event": "Penalties that were not charged, beside a time without any event of the episode: "
    "bills monthly, due dates as usual, every way to pay open. It is another question than the cost of "
    "the waiver, and the two are never added.",
    "Rules applied, best estimate, range": "Rules applied to what happened: the penalty of each bill on what "
    "was really open on its penalty date. Best estimate: people paying as they do in months without "
    "events, so that fewer bills are late; the range holds nine of ten repeats in which months and groups "
    "of accounts are drawn anew. Where a method refuses, it says why and gives no figure.",
    "As would have been collected": "What would have been assessed, times the share of penalties of months "
    "without events that was paid, courtesy waivers left out. Only this part is revenue.",
    "Only came late": "Money that came later than it would have: service not yet billed, billed late, paid "
    "late. Paid late: what was open at a month end, with bills that should have been out by then, beyond "
    "what would have been open. It is the same money at three stages, never added; what is not lost comes "
    "back to zero. Of the event it is told as its measures ended, else at its highest.",
    "Lost": "Never comes: what is not expected to be paid at all, penalties and fees not charged, and card "
    "fees that the city paid for its customers. Against it stands assistance that programmes paid for "
    "customers. What an event of another episode would have done all the same (anyway), and what true reads "
    "moved from one bill to another after estimates, is shown and not counted.",
    "Unrelated credits": "Credits of the same weeks that are no consequence of the event, such as a rebate. "
    "They are shown, and are in no sum.",
    "Back to normal": "The first month end after the episode from which on what is open of bills up to half "
    "a year old is never above the range expected without the event.",
    "Extending a waiver": "On days that have passed: the penalties and fees that were really charged on "
    "them. On days to come: what months without events of the same half of the year bring a day, from the "
    "lowest to the highest of them. People may pay later when a waiver goes on; that is not in it.",
    "Who was helped": "Accounts with a penalty not charged: already behind owed something past due at the "
    "month end before the episode, newly late did not. On time: a penalty date in the waiver, and nothing "
    "open on it.",
    "Before reserves": "What rates and other revenue bring in the fiscal year, less what is not expected "
    "to be paid, less the year's own costs: operations, debt payments, capital paid from rates, "
    "transfers, and what is put into reserves. Capital paid from debt, grants or reserves is not in it.",
    "After the planned draw": "The same with what the budget or the assumptions plan to take out of "
    "reserves. The answer before reserves stays the headline: reserves can be used once.",
    "Required adjustment": "The percentage by which rates must move so that they bring what the year "
    "requires: its costs, or what a test that sets rates asks, if that is more. It moves in its month: "
    "only what is billed for service from then on pays it, and people use less as it costs more, as "
    "assumed.",
    "Light of a fund": "Green only where every required test passes with rates as they are; not known "
    "where one cannot be told. Each fund has its own; funds are never averaged.",
    "Coverage": "1.44x is $1.44 of net revenue for each $1 of debt payments. Net revenue: what the "
    "ordinance pledges, less what is not expected to be paid, less operating expense without "
    "depreciation.",
    "Not expected to be paid": "1.5 % is $1.50 of every $100 billed. It enters once, as a reduction of "
    "revenue.",
    "Revenue at existing rates": "Bills of the test year, each by its days of service, at the rates in "
    "force now, as a year of 365 days and 12 bills; grown to the year as assumed.",
    "Part of a year": "An adjustment reaches only service from its first day on, and that is billed "
    "later: the share of a year's bills that it reaches is measured from days of service.",
    "Reserves": "Unrestricted cash and investments at the end of the fiscal year; never net position.",
    "What if": "The same lines, tests and answers as the page on rates and costs, worked out by the same "
    "program with the assumptions set here. What is not moved stays as the scenario has it.",
    "Least rate path": "The smallest adjustments with which every required test passes in every year "
    "shown, from the first day on which a notice still allows one: the same percentage each year, or "
    "under a cap.",
    "Home's bill": "What a month costs at that use, all charges and taxes of the service, priced by the "
    "engine that recomputes every bill. With seasonal prices it is the mean of the twelve months. Now: the "
    "version in force at the as-of date; before: the version before it.",
    "After": "Every price of the version in force raised by the scenario's adjustments that take effect "
    "after the as-of date, one after the other, to the decimals that the tariff writes. Percentages such as "
    "taxes stay and follow what they are taken of. That people use less where a price rises is not in it.",
    "Typical home": "The use that the city names (peers.yml); the whole bill adds up all services that a "
    "typical home has.",
    "Use percentile": "At the 25th percentile a quarter of the class's bills of the last full fiscal year "
    "have that use a month, or that winter average, or less. Short and cancelled bills are left out.",
    "Neighbour's bill": "What a neighbour charges for a use, as its source says, on its day: it is not "
    "brought to today's prices. Beside it stands the own bill for exactly the same use, now and under "
    "the version that was in force on that day.",
    "Affordability": "A year of the typical home's bills beside what households live on. Each measure stands "
    "only on the services it is defined for; where the city does not bill them all it is not taken. Incomes "
    "and wages are the latest known at the as-of date, for years to come too, so that only the bill changes. "
    "The limits are those of the guides that name them, not of the city.",
    "Household burden": "The bill's share of the highest income of the lowest fifth (below 7 %, to 10 %, "
    "more) by the share of households below twice the poverty line (below 20 %, to 35 %, more): low, "
    "moderate to low, moderate to high, high, very high.",
}
