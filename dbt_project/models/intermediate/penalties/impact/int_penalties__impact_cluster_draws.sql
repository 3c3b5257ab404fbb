-- As many parts of the city as there are, drawn with replacement; replicate 0 is the city itself. Lots are hashes: the same data draw the same.
with episodes as (

    select * from {{ ref('int_penalties__impact_episodes') }}

),

clusters as (

    select distinct
        utility_id,
        cluster_no,
        max(cluster_no) over (partition by utility_id) as cluster_count
    from {{ ref('int_penalties__impact_clusters') }}

),

replicates as (

    select {{ explode_range('1', replicate_count()) }} as replicate_no

),

drawn as (

    select
        episodes.utility_id,
        episodes.episode_id,
        replicates.replicate_no,
        1 + {{ drawn(
            "episodes.utility_id || '/' || episodes.episode_id || '/cluster/' || cast(replicates.replicate_no as varchar) || '/' "
            ~ "|| cast(clusters.cluster_no as varchar)", 'clusters.cluster_count'
        ) }} as cluster_no
    from episodes
    inner join clusters
        on episodes.utility_id = clusters.utility_id
    cross join replicates

),

final as (

    select
        utility_id,
        episode_id,
        cast(replicate_no as integer) as replicate_no,
        cluster_no,
        cast(count(*) as integer) as times
    from drawn
    group by utility_id, episode_id, replicate_no, cluster_no

    union all

    select
        episodes.utility_id,
        episodes.episode_id,
        0 as replicate_no,
        clusters.cluster_no,
        1 as times
    from episodes
    inner join clusters
        on episodes.utility_id = clusters.utility_id

)

select * from final
