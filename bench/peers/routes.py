"""networkx and igraph on the edges that Atalaya wrote: the same measures, timed, and compared.

    routes.py EDGES.csv OURS     OURS: what `routes measures EDGES.csv` printed
"""

import csv
import sys
import time

import igraph
import networkx as nx

rows = list(csv.DictReader(open(sys.argv[1])))
ours = [line.rstrip("\n").split(",") for line in open(sys.argv[2])]
value = {o[1]: float(o[2]) for o in ours if o[0] == "value"}
between = {o[1]: float(o[2]) for o in ours if o[0] == "betweenness"}
degree = {o[1]: [float(x) for x in o[2:]] for o in ours if o[0] == "degree"}
graph = nx.DiGraph()
graph.add_weighted_edges_from((r["from"], r["to"], float(r["kg"])) for r in rows)
other = igraph.Graph.TupleList([(r["from"], r["to"], float(r["kg"])) for r in rows], directed=True, weights=True)


def timed(call):
    start = time.perf_counter()
    found = call()
    return found, (time.perf_counter() - start) * 1e3


def close(name, found, wanted, within=1e-9):
    if abs(found - wanted) > within:
        sys.exit(f"FAILED: {name} is {found}, ours {wanted}")


theirs, nx_ms = timed(lambda: nx.betweenness_centrality(graph))
n = other.vcount()
raw, ig_ms = timed(lambda: other.betweenness(directed=True))
for code in between:
    close(f"betweenness of {code} (networkx)", theirs[code], between[code])
for name, b in zip(other.vs["name"], raw):
    close(f"betweenness of {name} (igraph)", b / ((n - 1) * (n - 2)), between[name])
print(f"betweenness,{nx_ms:.3f},{ig_ms:.3f}")
groups, nx_ms = timed(lambda: nx.community.louvain_communities(graph, weight="weight", seed=1))
flat = other.as_undirected(combine_edges="sum")
parts, ig_ms = timed(lambda: flat.community_multilevel(weights="weight"))
print(f"communities,{nx_ms:.3f},{ig_ms:.3f}")
directed = [{other.vs[v]["name"] for v in part} for part in parts]
quality = [nx.community.modularity(graph, g, weight="weight") for g in (groups, directed)]
print(f"modularity ours {value['modularity']:.4f} networkx {quality[0]:.4f} igraph (undirected search) {quality[1]:.4f}")
strong, nx_ms = timed(lambda: max(map(len, nx.strongly_connected_components(graph))))
_, ig_ms = timed(lambda: other.connected_components(mode="strong"))
print(f"components,{nx_ms:.3f},{ig_ms:.3f}")
close("strong component", strong, value["strong"])
close("weak component", max(map(len, nx.weakly_connected_components(graph))), value["weak"])
close("density", nx.density(graph), value["density"])
close("reciprocity", nx.reciprocity(graph), value["reciprocity"])
found, nx_ms = timed(lambda: {
    v: (graph.in_degree(v), graph.out_degree(v), graph.in_degree(v, weight="weight"), graph.out_degree(v, weight="weight"))
    for v in graph
})
_, ig_ms = timed(lambda: (
    other.indegree(), other.outdegree(), other.strength(mode="in", weights="weight"), other.strength(mode="out", weights="weight")
))
for code, four in degree.items():
    for name, theirs, mine in zip(("in", "out", "kg in", "kg out"), found[code], four):
        close(f"degree {name} of {code}", theirs, mine, 1e-6 * max(1.0, mine))
print(f"degree,{nx_ms:.3f},{ig_ms:.3f}")
print("same: betweenness, components, density, reciprocity, degree and strength of every place")
