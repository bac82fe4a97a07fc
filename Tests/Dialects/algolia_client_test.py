#!/usr/bin/env python3
"""The unchanged `algoliasearch` package (PyPI) against `search serve`.

    Tests/Dialects/algolia_client_test.py [--search .build/debug/search] [NAME…]

Indexes Data/ and some pages into a temporary folder and serves them on a free port. Names choose tests. Without the
package it says so and ends with 0.
"""

import argparse
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "Browser"))
from site_on_this_machine import ROOT, Site  # noqa: E402

try:
    from algoliasearch.http.exceptions import RequestException
    from algoliasearch.http.hosts import Host, HostsCollection
    from algoliasearch.search.client import SearchClientSync
    from algoliasearch.search.config import SearchConfig
except ImportError:
    RequestException = None


def client_of(site):
    name, _, port = site.search.removeprefix("http://").rstrip("/").partition(":")
    config = SearchConfig("local", "search")
    config.hosts = HostsCollection([Host(name, scheme="http", port=int(port))])
    return SearchClientSync.create_with_config(config)


def refusal(call):
    """The status and the message of a call that has to be refused."""
    try:
        call()
    except RequestException as error:
        return error.status_code, str(error)
    raise AssertionError("nothing was refused")


def hits_of(client, **parameters):
    return client.search({"requests": [{"indexName": "docs", **parameters}]}).results[0].actual_instance


def marked_words(client):
    """a Chinese query finds hits in DocSearch's shape, marked and cut"""
    answer = hits_of(client, query="多集群", hitsPerPage=5, attributesToSnippet=["content:15"])
    assert answer.nb_hits > 5 and len(answer.hits) == 5 and answer.page == 0
    assert answer.nb_pages == -(-answer.nb_hits // 5) and answer.query == "多集群" and answer.index == "docs"
    for hit in answer.hits:
        more = hit.model_extra
        assert hit.object_id and more["type"] in [f"lvl{i}" for i in range(1, 7)] + ["content"]
        assert more["hierarchy"]["lvl0"] and list(more["hierarchy"]) == [f"lvl{i}" for i in range(7)]
    first = answer.hits[0].to_dict()
    title = first["_highlightResult"]["hierarchy"]["lvl1"]
    assert "<em>多集群</em>" in title["value"] and title["matchLevel"] == "full"
    assert title["matchedWords"] == ["多集群"]
    excerpt = first["_snippetResult"]["content"]
    assert excerpt["matchLevel"] == "full" and len(excerpt["value"]) < len(first["content"]) + 20


def pages(client):
    """pages begin at 0, follow each other, and end"""
    whole = [hit.object_id for hit in hits_of(client, query="集群", hitsPerPage=40).hits]
    parts = []
    for page in range(8):
        parts += [hit.object_id for hit in hits_of(client, query="集群", hitsPerPage=5, page=page).hits]
    # A first page with few full matches is filled up with partial ones; there are more than enough here.
    assert parts == whole and len(set(parts)) == 40
    assert hits_of(client, query="集群", page=10_000).hits == []
    counted = hits_of(client, query="", hitsPerPage=0, facets=["*"])
    assert counted.hits == [] and counted.nb_hits > 100 and counted.nb_pages == 0
    assert sum(counted.facets["lang"].values()) == counted.nb_hits


def facets(client):
    """facets are counted, and choosing one leaves as many hits as were counted"""
    answer = hits_of(client, query="集群", facets=["category", "language", "docusaurus_tag"])
    assert set(answer.facets) == {"category", "language"}
    value, count = next(iter(answer.facets["category"].items()))
    chosen = hits_of(client, query="集群", facetFilters=[f"category:{value}"])
    assert chosen.nb_hits == count
    assert hits_of(client, query="集群", filters=f'category:"{value}"').nb_hits == count
    others = hits_of(client, query="集群", facetFilters=[f"category:-{value}"])
    assert others.nb_hits == answer.nb_hits - count
    both = [[f"category:{name}" for name in answer.facets["category"]]]
    assert hits_of(client, query="集群", facetFilters=both).nb_hits <= answer.nb_hits
    # What DocSearch asks on a page of Docusaurus.
    filters = ["language:zh-Hans", ["docusaurus_tag:default", "docusaurus_tag:docs-default-current"]]
    assert hits_of(client, query="集群", facetFilters=filters).nb_hits > 0


def several(client):
    """several searches and a search for facet values go together"""
    results = client.search({"requests": [
        {"indexName": "docs", "query": "多集群", "hitsPerPage": 1},
        {"indexName": "docs", "query": "zebrafish", "hitsPerPage": 2, "attributesToRetrieve": ["url"]},
        {"indexName": "docs", "type": "facet", "facet": "category", "facetQuery": "工具"},
    ]}).results
    first, second, third = [result.actual_instance for result in results]
    assert len(first.hits) == 1 and len(second.hits) == 2
    assert set(second.hits[0].to_dict()) == {"objectID", "url", "_highlightResult"}
    assert third.facet_hits[0].highlighted == "<em>工具</em>推荐" and third.exhaustive_facets_count


def facet_values(client):
    """values of a facet are found by what stands in them"""
    answer = client.search_for_facet_values("docs", "category", {"facetQuery": "推荐", "maxFacetHits": 2})
    assert 1 <= len(answer.facet_hits) <= 2
    assert all("推荐" in hit.value and hit.count > 0 for hit in answer.facet_hits)
    every = client.search_for_facet_values("docs", "lang")
    assert {hit.value for hit in every.facet_hits} >= {"zh", "en"}


def single(client):
    """one index alone, its settings, its list and its records"""
    answer = client.search_single_index("docs", {"query": "Clusternet"})
    assert answer.nb_hits == 1
    found = client.get_object("docs", answer.hits[0].object_id)
    assert found["objectID"] == answer.hits[0].object_id and found["hierarchy"]["lvl1"].startswith("Clusternet")
    ids = [hit.object_id for hit in hits_of(client, query="集群", hitsPerPage=2).hits]
    objects = client.get_objects({"requests": [
        {"indexName": "docs", "objectID": name, "attributesToRetrieve": ["url"]} for name in ids + ["nothing"]]})
    assert [found and found["objectID"] for found in objects.results] == ids + [None]
    # A page of the sample: its id holds a slash.
    assert client.get_object("docs", "docs/multi-cluster.md", ["content"])["content"]
    assert client.index_exists("docs")
    assert "searchable(category)" in client.get_settings("docs").attributes_for_faceting
    items = client.list_indices().items
    assert len(items) == 1 and items[0].entries > 100 and items[0].updated_at.endswith("Z")
    assert [str(acl) for acl in client.get_api_key("search").acl] == ["search"]


def refusals(client):
    """what is wrong is said, and nothing is written"""
    status, message = refusal(lambda: client.get_object("docs", "nothing"))
    assert status == 404 and "ObjectID does not exist" in message
    status, message = refusal(lambda: hits_of(client, query="a", filters="category:a AND ("))
    assert status == 400 and "filters: " in message
    status, message = refusal(lambda: client.search_single_index("docs", {"hitsPerPage": 1_001}))
    assert status == 400 and "hitsPerPage" in message
    for write in [
        lambda: client.save_object("docs", {"objectID": "1"}),
        lambda: client.delete_object("docs", "1"),
        lambda: client.set_settings("docs", {"hitsPerPage": 1}),
        lambda: client.clear_objects("docs"),
        lambda: client.delete_index("docs"),
        lambda: client.list_api_keys(),
    ]:
        assert refusal(write)[0] == 403
    assert hits_of(client, query="Clusternet").nb_hits == 1


ALL = [marked_words, pages, facets, several, facet_values, single, refusals]


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--search", default=os.path.join(ROOT, ".build/debug/search"), help="the program")
    options.add_argument("names", nargs="*", help="tests to run (default: all)")
    options = options.parse_args()
    if RequestException is None:
        print("no algoliasearch here: nothing is tested (pip install algoliasearch)")
        return
    site = None
    try:
        site = Site(options.search)
        client = client_of(site)
        for test in ALL:
            if not options.names or test.__name__ in options.names:
                test(client)
                print(f"passed: {test.__doc__}", flush=True)
        client.close()
        site.stop()
    finally:
        if site:
            site.close()


if __name__ == "__main__":
    main()
