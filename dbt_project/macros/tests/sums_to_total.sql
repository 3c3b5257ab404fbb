{# The parts, with their signs, add up to the total in every row. A null on either side is a failure: a comparison with null would
   pass unseen. #}
{% test sums_to_total(model, plus, total, minus=[]) %}
    select *
    from {{ model }}
    where
        {{ total }} is null
        or ({{ plus | join(' + ') }}{% for part in minus %} - {{ part }}{% endfor %}) is null
        or ({{ plus | join(' + ') }}{% for part in minus %} - {{ part }}{% endfor %}) != {{ total }}
{% endtest %}
