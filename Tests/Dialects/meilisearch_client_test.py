#!/usr/bin/env python3
"""The unchanged `meilisearch` package (PyPI) against `search serve`.

    Tests/Dialects/meilisearch_client_test.py [--search .build/debug/search] [NAME…]

Indexes Data/ and some pages into a temporary folder and serves them on a free port. Names choose tests. Without the
package it says so and ends with 0.
"""

import argparse
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "Browser"))
from site_on_this_machine import ROOT, Site  # noqa: E402

try:
    import meilisearch
    from meilisearch.errors import MeilisearchApiError
except ImportError:
    meilisearch = None


def refusal(call):
    """The status, the code and the message of a call that has to be refused."""
    try:
        call()
    except MeilisearchApiError as error:
        return error.status_code, error.code, str(error)
    raise AssertionError("nothing was refused")


def server(client, index):
    """health, version and stats answer"""
    assert client.is_healthy() and client.health() == {"status": "available"}
    assert client.get_version()["pkgVersion"].startswith("1.")
    stats = client.get_all_stats()
    assert stats["indexes"]["docs"]["numberOfDocuments"] > 100 and stats["databaseSize"] > 0
    assert index.get_stats().number_of_documents == stats["indexes"]["docs"]["numberOfDocuments"]


def indexes(client, index):
    """the index is listed and described, with dates that can be read"""
    listed = client.get_indexes()
    assert listed["total"] == 1 and [each.uid for each in listed["results"]] == ["docs"]
    described = client.get_index("docs")
    assert described.primary_key == "objectID" and described.created_at.year >= 2024
    assert index.fetch_info().uid == "docs"


def words(client, index):
    """a Chinese query finds entries with every member that a box of documentation reads"""
    answer = index.search("多集群")
    assert answer["query"] == "多集群" and answer["limit"] == 20 and answer["estimatedTotalHits"] > 20
    assert len(answer["hits"]) == 20 and "多集群" in answer["hits"][0]["title"]
    for hit in answer["hits"]:
        assert hit["objectID"] and hit["hierarchy_lvl0"] and hit["hierarchy_lvl1"]
        assert hit["type"] in [f"lvl{level}" for level in range(1, 7)]
        assert all(f"hierarchy_lvl{level}" in hit and f"hierarchy_radio_lvl{level}" in hit for level in range(7))
    assert index.search("")["estimatedTotalHits"] == index.get_stats().number_of_documents
    assert index.search("kuberentes")["hits"], "a misspelt word is mended"
    assert index.search("kubec")["hits"], "the last word may go on"


def facets(client, index):
    """facets are counted, and a filter takes what was counted"""
    answer = index.search("多集群", {"facets": ["category", "lang"], "limit": 100})
    counted = answer["facetDistribution"]["category"]
    assert counted["工具推荐"] == 4 and answer["facetStats"] == {}
    for value, count in counted.items():
        chosen = index.search("多集群", {"filter": f'category = "{value}"', "limit": 100, "matchingStrategy": "all"})
        assert chosen["estimatedTotalHits"] == count == len(chosen["hits"])
        assert all(value in hit["category"] for hit in chosen["hits"])
    either = index.search("多集群", {"filter": [["category = 工具推荐", "category = 最佳实践"], "NOT kind = page"]})
    assert either["estimatedTotalHits"] == counted["工具推荐"] + counted["最佳实践"]
    dated = index.search("", {"filter": "date >= 2022-01-01 AND date IS NOT NULL", "sort": ["date:desc"], "limit": 50})
    days = [hit["date"] for hit in dated["hits"]]
    assert days and days == sorted(days, reverse=True) and min(days) >= "2022-01-01"
    assert set(index.search("", {"facets": ["*"]})["facetDistribution"]) == {"category", "tags", "lang", "kind", "year", "source"}


def marks(client, index):
    """matches are marked, fields cut, positions told, and nothing of a page's own HTML comes through"""
    parameters = {
        "attributesToHighlight": ["*"], "attributesToCrop": ["content"], "cropLength": 12, "showMatchesPosition": True,
        "highlightPreTag": "<mark>", "highlightPostTag": "</mark>", "showRankingScore": True,
    }
    hit = index.search("多集群", parameters)["hits"][0]
    assert "<mark>多集群</mark>" in hit["_formatted"]["title"]
    assert "<mark>多集群</mark>" in hit["_formatted"]["hierarchy_lvl1"]
    assert len(hit["_formatted"]["content"]) < len(hit["content"]) and "…" in hit["_formatted"]["content"]
    position = hit["_matchesPosition"]["title"][0]
    title = hit["title"].encode()
    assert title[position["start"]:position["start"] + position["length"]].decode() == "多集群"
    assert 0 <= hit["_rankingScore"] <= 1
    nasty = index.search("zebrafish", {"attributesToHighlight": ["*"], "attributesToCrop": ["content"]})["hits"]
    bad = next(hit for hit in nasty if hit["objectID"] == "bad")
    assert bad["url"] is None and "<img" not in bad["_formatted"]["title"] and "&lt;img" in bad["_formatted"]["title"]
    assert "<script" not in bad["_formatted"]["content"]


def pages(client, index):
    """pages by number and by offset are the same list"""
    whole = [hit["objectID"] for hit in index.search("集群", {"limit": 30})["hits"]]
    third = index.search("集群", {"page": 3, "hitsPerPage": 10})
    assert [hit["objectID"] for hit in third["hits"]] == whole[20:30]
    assert third["page"] == 3 and third["totalPages"] == -(-third["totalHits"] // 10)
    assert [hit["objectID"] for hit in index.search("集群", {"offset": 5, "limit": 5})["hits"]] == whole[5:10]
    assert index.search("集群", {"hitsPerPage": 0})["totalHits"] == third["totalHits"]


def several(client, index):
    """several searches side by side, and as one list"""
    queries = [{"indexUid": "docs", "q": "多集群", "limit": 2}, {"indexUid": "docs", "q": "升级"}]
    results = client.multi_search(queries)["results"]
    assert [result["indexUid"] for result in results] == ["docs", "docs"] and len(results[0]["hits"]) == 2
    merged = client.multi_search([{"indexUid": "docs", "q": "多集群"}, {"indexUid": "docs", "q": "升级"}], {"limit": 8})
    scores = [hit["_federation"]["weightedRankingScore"] for hit in merged["hits"]]
    assert len(scores) == 8 and scores == sorted(scores, reverse=True)
    assert {hit["_federation"]["queriesPosition"] for hit in merged["hits"]} == {0, 1}


def facet_values(client, index):
    """values of a facet are found by a part of them"""
    found = index.facet_search("category", "推荐")
    values = {hit["value"] for hit in found["facetHits"]}
    assert {"工具推荐", "开源项目推荐"} <= values and all("推荐" in value for value in values)
    assert found["facetQuery"] == "推荐" and all(hit["count"] > 0 for hit in found["facetHits"])


def documents(client, index):
    """an entry by its id, and entries one after the other"""
    document = index.get_document("guide-1")
    assert document.title == "Feeding" and document.lang == "en"
    assert index.get_document("docs/multi-cluster.md").title == "多集群管理"
    some = index.get_documents({"limit": 3, "fields": ["objectID"]})
    assert len(some.results) == 3 and some.total == index.get_stats().number_of_documents
    chinese = index.get_documents({"filter": "lang = zh", "limit": 1})
    assert 0 < chinese.total < some.total


def refusals(client, index):
    """mistakes and writes are refused with their codes"""
    assert refusal(lambda: index.search("a", {"filter": "price > 3"}))[:2] == (400, "invalid_search_filter")
    status, code, message = refusal(lambda: client.multi_search([{"indexUid": "docs"}, {"indexUid": "docs", "limit": -1}]))
    assert (status, code) == (400, "invalid_search_limit") and "Inside `.queries[1]`" in message
    assert refusal(lambda: index.search("a", {"nothing": 1}))[:2] == (400, "bad_request")
    assert refusal(lambda: client.index("a b").search("a"))[:2] == (400, "invalid_index_uid")
    assert refusal(lambda: index.get_document("no-such-entry"))[:2] == (404, "document_not_found")
    assert refusal(lambda: index.search("a" * 5_000))[:2] == (400, "invalid_search_q")
    for write in [
        lambda: index.add_documents([{"id": 1}]), lambda: index.delete_all_documents(), lambda: client.delete_index("docs"),
        lambda: index.update_settings({}), lambda: client.get_keys(), lambda: client.create_index("x"), lambda: client.get_tasks(),
    ]:
        assert refusal(write)[:2] == (403, "invalid_api_key")
    large = {"filter": ["lang = zh"] * 6_000}
    assert refusal(lambda: index.search("a", large))[:2] == (413, "payload_too_large")


ALL = [server, indexes, words, facets, marks, pages, several, facet_values, documents, refusals]


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--search", default=os.path.join(ROOT, ".build/debug/search"), help="the program")
    options.add_argument("names", nargs="*", help="tests to run (default: all)")
    options = options.parse_args()
    if meilisearch is None:
        print("no meilisearch here: nothing is tested (pip install meilisearch)")
        return
    site = None
    try:
        site = Site(options.search)
        client = meilisearch.Client(site.search.rstrip("/"), "search")
        for test in ALL:
            if not options.names or test.__name__ in options.names:
                test(client, client.index("docs"))
                print(f"passed: {test.__doc__}", flush=True)
        site.stop()
    finally:
        if site:
            site.close()


if __name__ == "__main__":
    main()
