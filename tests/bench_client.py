"""The calls of the web client when it opens a view, derived from the action and its views."""

from lxml import etree

from odoo.fields import Domain
from odoo.tools.safe_eval import safe_eval

MODULE = "tianyuan_customer_rating"
PAGE, GROUPS, OPEN_GROUPS, COUNTED = 80, 80, 10, 10_001


def _own_fields(node):
    """Return the fields of a view, without those of embedded views."""
    for child in node:
        if child.tag == "field":
            yield child
        else:
            yield from _own_fields(child)


def specification(model, node):
    """Return the specification that the client reads for a view."""
    wanted = {}
    for field_node in _own_fields(node):
        field = model._fields[field_node.get("name")]
        wanted[field.name] = {}
        hidden = {field_node.get("invisible"), field_node.get("column_invisible")} & {"1", "True"}
        if field.type == "many2one":
            wanted[field.name] = {"fields": {} if hidden else {"display_name": {}}}
        elif field.type in ("one2many", "many2many") and not hidden:
            inner = field_node.find("list")
            if inner is not None:
                related = model.env[field.comodel_name]
                wanted[field.name] = {"fields": specification(related, inner), "limit": 40}
    return wanted


class Screen:
    """An action opened by a user: makes the calls of its views, with the action's own filters and grouping."""

    def __init__(self, env, action, domain=None):
        self.action = env["ir.actions.act_window"]._for_xml_id(f"{MODULE}.{action}")
        context = {**env.context, "uid": env.uid, "company_ids": env.companies.ids}
        self.context = safe_eval(self.action["context"] or "{}", {"uid": env.uid})
        self.model = env[self.action["res_model"]].with_context(**self.context)
        views = {kind: view for view, kind in self.action["views"]}
        search = (self.action["search_view_id"] or [False])[0]
        loaded = self.model.get_views([*((view, kind) for kind, view in views.items()), (search, "search")])
        self.views = {kind: etree.fromstring(view["arch"]) for kind, view in loaded["views"].items()}
        self.domain = self.own_domain = Domain(domain or safe_eval(self.action["domain"] or "[]", context))
        self.described = self.model.fields_get(attributes=("type", "aggregator"))
        self.groups = []
        for node in self.views["search"].iter("filter"):
            if self.context.get(f"search_default_{node.get('name')}"):
                self._filter(node, context)

    def _filter(self, node, context):
        if node.get("domain"):
            self.domain &= Domain(safe_eval(node.get("domain"), context))
        group = safe_eval(node.get("context") or "{}").get("group_by")
        if group:
            self.groups.append(group)

    def filtered(self, name):
        """Return the screen with one more filter or grouping of its search view."""
        self._filter(self.views["search"].xpath(f"//filter[@name='{name}']")[0], {"uid": self.model.env.uid})
        return self

    def typed(self, field, text):
        """Return the screen with a search in the search box."""
        self.domain &= Domain(field, "ilike", text)
        return self

    def list(self, order=None, page=1):
        """Open the list, or its groups."""
        node = self.views["list"]
        order = order or node.get("default_order") or ""
        if self.groups:
            return self._grouped(node, self.groups, order, node.get("expand") == "1")
        return self.model.web_search_read(
            list(self.domain), specification(self.model, node), offset=PAGE * (page - 1), limit=PAGE, order=order,
            count_limit=max(COUNTED, PAGE * page + 1),
        )

    def kanban(self):
        """Open the kanban cards of all columns."""
        node = self.views["kanban"]
        return self._grouped(node, self.groups or [node.get("default_group_by")], "", True)

    def _grouped(self, node, groups, order, unfold):
        wanted = specification(self.model, node)
        sums = [
            f"{name}:{self.described[name]['aggregator']}" for name in wanted
            if self.described[name]["type"] in ("integer", "float") and self.described[name].get("aggregator")
        ] if node.tag == "list" else []
        limit = None if node.tag == "kanban" else OPEN_GROUPS if unfold else GROUPS
        return self.model.with_context(read_group_expand=True).web_read_group(
            list(self.domain), groups, sums, limit=limit, order=order, auto_unfold=unfold, opening_info=[],
            unfold_read_specification=wanted, unfold_read_default_limit=PAGE, groupby_read_specification={},
        )

    def _measures(self, node):
        measures = ["__count"]
        for child in node.iter("field"):
            field = self.model._fields[child.get("name")]
            if child.get("type") == "measure":
                measures.append(f"{field.name}:{field.aggregator}")
                if field.type == "monetary":
                    currency = field.get_currency_field(self.model)
                    measures += [f"{currency}:array_agg_distinct", f"{field.name}:sum_currency"]
        return measures

    def _axes(self, node, *kinds):
        return [
            f"{child.get('name')}:{child.get('interval')}" if child.get("interval") else child.get("name")
            for child in node.iter("field") if child.get("type") in kinds
        ]

    def pivot(self):
        """Open the pivot table with its default rows, columns and totals."""
        node = self.views["pivot"]
        rows, columns = self._axes(node, "row"), self._axes(node, "col")
        sets = [rows[:i] + columns[:j] for i in range(len(rows) + 1) for j in range(len(columns) + 1)]
        return self.model.formatted_read_grouping_sets(list(self.domain), sets, self._measures(node))

    def graph(self):
        """Open the default graph."""
        node = self.views["graph"]
        return self.model.with_context(fill_temporal=True).formatted_read_group(
            list(self.domain), self._axes(node, None), self._measures(node),
        )

    def progress(self):
        """Count for the progress bar above an assessment list."""
        return self.model.assessment_progress(list(self.own_domain))

    def form(self, record_id):
        """Open the form of one record."""
        return self.model.browse(record_id).web_read(specification(self.model, self.views["form"]))
