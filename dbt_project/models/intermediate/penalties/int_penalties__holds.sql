select
    utility_id,
    account_id,
    hold_id,
    hold_kind,
    starts_on,
    ends_on
from {{ ref('stg_extracts__holds') }}
