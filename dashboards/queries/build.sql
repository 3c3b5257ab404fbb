-- Which build is this?
select
    build_id,
    built_at,
    previous_build_id,
    ratehouse_version,
    audit_mark
from audit.build
