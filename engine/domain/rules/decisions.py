"""Rules about decisions."""

from collections.abc import Mapping

from engine.domain.rules.rule import Rule, ignored, refused, warning

RULES: Mapping[str, Rule] = {
    "decision-missing": refused(
        "Expected '{subject}' to ask a decision of this deployment, but '{decision}' is none.",
        "“{subject}”应引用本次部署中的决策，但“{decision}”不在其中。",
        "Deploy the DMN file together with the diagram.",
        "请将 DMN 文件与流程图一并部署。",
    ),
    "decision-invalid": refused(
        "Expected {where} of the decision '{decision}' to be FEEL that has a value, but "
        "'{text}' is not: {reason}.",
        "决策“{decision}”的{where_zh}应为可计算的 FEEL，但“{text}”不是：{reason_zh}。",
        'Correct it in the editor; texts are in straight quotes, as in "A".',
        '请在编辑器中更正；文本须用英文双引号括起，如 "A"。',
        "DMN 1.3, 9 and 10.3",
    ),
    "decision-table-invalid": refused(
        "Expected of the table of '{decision}' {reason}.",
        "决策“{decision}”的决策表有误：{reason_zh}。",
        "Correct the table in the editor.",
        "请在编辑器中更正该决策表。",
        "DMN 1.3, 8",
    ),
    "decision-type-unknown": refused(
        "Expected '{subject}' to be of a type of FEEL or of this file, but '{type}' is neither.",
        "“{subject}”的类型应为 FEEL 类型或本文件定义的类型，但“{type}”不是。",
        "Choose string, boolean, number, date and so on, or define the type.",
        "请选择 string、boolean、number、date 等类型，或定义该类型。",
        "DMN 1.3, 7.3.2",
    ),
    "decision-type-mismatch": refused(
        "Expected {where} of the decision '{decision}' to fit the type of its column, but "
        "{reason}.",
        "决策“{decision}”的{where_zh}应符合该列的类型，但{reason_zh}。",
        "Correct the value, or the type or the allowed values of the column.",
        "请更正该值，或更正该列的类型或允许取值。",
        "DMN 1.3, 8.3.2 and 8.3.3",
    ),
    "decision-language": refused(
        "Expected '{subject}' to be written in FEEL, but its language is '{language}'.",
        "“{subject}”应使用 FEEL 编写，但其语言为“{language}”。",
        "Write it in FEEL and set the expression language to feel.",
        "请改用 FEEL 编写，并将表达式语言设为 feel。",
    ),
    "decision-logic-missing": refused(
        "Expected the decision '{subject}' to have one table or literal expression, but there "
        "are {count}.",
        "决策“{subject}”应有且只有一个决策表或文字表达式，但有 {count} 个。",
        "Give the decision a table or an expression.",
        "请为该决策添加决策表或表达式。",
    ),
    "decision-logic-unsupported": refused(
        "Expected the decision '{decision}' to be a table or a literal expression, but it uses "
        "'{kind}'.",
        "决策“{decision}”应为决策表或文字表达式，但使用了“{kind}”。",
        "Write it as a table, or as one expression; a context may be written as {{a: 1, b: 2}}.",
        "请改为决策表或单个表达式；上下文可写作 {{a: 1, b: 2}}。",
    ),
    "decision-element-unknown": refused(
        "Expected the decision '{decision}' to consist of elements of DMN, but '{element}' is "
        "none here.",
        "决策“{decision}”应由 DMN 元素构成，但此处的“{element}”不是。",
        "Remove the element, or correct its name.",
        "请删除该元素，或更正其名称。",
    ),
    "decision-without-id": refused(
        "Expected every decision to have an id, but '{subject}' has none.",
        "每个决策都应有 id，但“{subject}”没有。",
        "Give the decision an id; tasks refer to it.",
        "请为该决策填写 id，任务通过它引用决策。",
    ),
    "decision-repeated": refused(
        "Expected one decision with the id '{decision}', but there are several.",
        "id 为“{decision}”的决策应只有一个，但有多个。",
        "Give each decision an id of its own.",
        "请为各决策使用不同的 id。",
    ),
    "decision-requirement-missing": refused(
        "Expected what the decision '{subject}' requires in this file, but '{required}' is not.",
        "“{subject}”所依赖的“{required}”应在本文件中，但不在。",
        "Draw the required decision or input data in the same file.",
        "请在同一文件中绘制所依赖的决策或输入数据。",
        "DMN 1.3, 6.3.6",
    ),
    "decision-cycle": refused(
        "Expected no decision to require itself, but there is {path}.",
        "决策不应依赖自身，但存在 {path}。",
        "Remove one of these requirements.",
        "请删除其中一个依赖关系。",
        "DMN 1.3, 6.2.2.1",
    ),
    "decision-chain-long": refused(
        "Expected at most {limit} decisions that require each other in a row, but '{subject}' "
        "has more behind it.",
        "决策依赖链最多为 {limit} 级，但“{subject}”超出。",
        "Join some of the decisions.",
        "请合并部分决策。",
    ),
    "decision-service-ignored": ignored(
        "The decision service '{subject}' has no effect; tasks ask decisions by their id.",
        "决策服务“{subject}”不起作用；任务按 id 引用决策。",
        "Refer to the decision itself.",
        "请直接引用决策。",
    ),
    "decision-name-undeclared": warning(
        "Expected {where} of the decision '{decision}' to read what the decision has as input, "
        "but '{name}' is none{nearest}; it is read from the variables of the process.",
        "决策“{decision}”的{where_zh}应读取该决策的输入，但“{name}”不是{nearest_zh}；将从流程变量中读取。",
        'If it is a text, put it in quotes: "{name}".',
        '如为文本，请加英文双引号："{name}"。',
    ),
    "decision-rule-unreachable": warning(
        "Expected every rule of '{decision}' to match something, but all of rule {later} is "
        "matched by rule {earlier} before it.",
        "决策“{decision}”的每条规则都应可能命中，但规则 {later} 完全被前面的规则 {earlier} 覆盖。",
        "Remove the rule, or put the more special one first.",
        "请删除该规则，或将更具体的规则放在前面。",
    ),
    "decision-rules-overlap": warning(
        "Expected rules {earlier} and {later} of '{decision}' not to match the same input, but "
        "they do; then the decision fails.",
        "决策“{decision}”的规则 {earlier} 与规则 {later} 不应命中同一输入，但会；届时决策将失败。",
        "Make the rules exclude each other, or choose another hit policy.",
        "请使规则互斥，或改用其他命中策略。",
    ),
    "decision-gap": warning(
        "Expected a rule of '{decision}' for every input, but there is none for {inputs}.",
        "决策“{decision}”应对每种输入都有规则，但以下输入没有：{inputs}。",
        "Add a rule or a default output.",
        "请补充规则或默认输出。",
    ),
}
