"""The words by which the law's tables name a recipient → what a rule table writes for them.

Only what differs from a name declared under ``rules/organisations`` stands here: heads of local
bodies, boards, long descriptions with a shorter declared name. Two names for one cell: ``a|b``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_NATIONAL = {
    "同法附則第四十八条第一項に規定する指定基金": (
        "厚生年金保険法等の一部を改正する法律附則第四十八条第一項に規定する指定基金"
    ),
}
_MUNICIPAL = {
    "市町村長その他の執行機関": (
        "municipality|municipal-board|municipal-education-board|municipal-election-board"
        "|municipal-agriculture-board"
    ),
    "市町村長": "municipality",
    "指定都市の長": "designated-city",
    "広島市又は長崎市の長": "341002|422011",
    "指定都市又は中核市の長": "designated-city|core-city",
    "指定都市若しくは中核市又は児童相談所設置市の長": (
        "designated-city|core-city|child-centre-city"
    ),
    "指定都市若しくは中核市又は児童福祉法第五十九条の四第一項に規定する児童相談所設置市の長": (
        "designated-city|core-city|child-centre-city"
    ),
    "市長又は福祉事務所を管理する町村長": "welfare-city|welfare-town",
    "市長又は社会福祉法に規定する福祉に関する事務所を管理する町村長": ("welfare-city|welfare-town"),
    "町村長（福祉事務所を管理する町村長を除く。）": "town-without-welfare",
    "市町村長（指定都市の長を除く。）": "municipality-not-designated",
    "保健所を設置する市又は特別区の長": "health-centre-city|special-ward-head",
    "救助実施市の長": "rescue-city",
    "災害救助法第二条の二第一項に規定する救助実施市の長": "rescue-city",
    "災害発生市町村等の長": "disaster-municipality",
    "災害救助法第十一条に規定する災害発生市町村等の長": "disaster-municipality",
    "認定地方公共団体又は特区地方公共団体である指定都市の長": "certified-city",
    "児童福祉法第十八条の二十七第一項に規定する認定地方公共団体又は児童福祉法等の一部を改正する"
    "法律附則第十四条に規定する特区地方公共団体である指定都市の長": "certified-city",
    "河川法第九条第五項の一級河川を管理する指定都市の長若しくは同法第十条第二項の二級河川を管理"
    "する指定都市の長又は同法第百条第一項の準用河川を管理する市町村長": "river-municipality",
    "土壌汚染対策法第六十四条の政令で定める市の長": "soil-city",
    "土壌汚染対策法第六十四条の政令で定める市（特別区を含む。以下この項及び別表第四の八の三の項に"
    "おいて同じ。）の長": "soil-city",
    "公害健康被害の補償等に関する法律第四条第三項の政令で定める市（特別区を含む。）の長": (
        "pollution-city"
    ),
    "廃棄物の処理及び清掃に関する法律第二十四条の二第一項の政令で定める市の長": "waste-city",
    "教育委員会": "municipal-education-board",
    "構造改革特別区域法第十九条第一項の規定による認定を受けた市町村の教育委員会": (
        "special-zone-education-board"
    ),
    "選挙管理委員会": "municipal-election-board",
    "農業委員会": "municipal-agriculture-board",
}
_PREFECTURAL = {
    "都道府県知事その他の執行機関": "prefecture|prefectural-board|prefectural-education-board",
    "都道府県知事": "prefecture",
    "都県知事": "governor-except-do-fu",
    "府県知事": "governor-except-to-do",
    "都府県知事": "governor-except-do",
    "福島県知事": "070009",
    "教育委員会": "prefectural-education-board",
    "認定地方公共団体又は特区地方公共団体である都道府県の知事": "certified-prefecture",
    "河川法第九条第二項の一級河川を管理する都道府県知事又は同法第十条第一項の二級河川を管理する"
    "都道府県知事": "river-prefecture",
    "水俣病被害者の救済及び水俣病問題の解決に関する特別措置法第二条第二項に規定する関係県の知事": (
        "minamata-prefecture"
    ),
}
_OWN_USE = {
    "都道府県知事（法第三十条の十五第一項第一号による自己利用）": "provider-itself|own:department"
}
_OTHER_EXECUTIVE = {
    "都道府県知事以外の執行機関": ("own:other-executive|own:education-board|own:audit-commission"),
    "教育委員会": "own:education-board",
    "監査委員": "own:audit-commission",
}

# 情報照会者 of the table of 主務省令第2条; its short names (共済組合等, 都道府県知事等) spelled out.
OF_ORDER: Mapping[str, str] = {
    "市町村長（児童手当法第十七条第一項の表の下欄に掲げる者を含む。）": (
        "municipality|児童手当法第十七条第一項の表の下欄に掲げる者"
    ),
    "市町村長": "municipality",
    "都道府県知事": "prefecture",
    "都道府県知事等": "prefecture|welfare-city|welfare-town",
    "都道府県教育委員会": "prefectural-education-board",
    "市町村教育委員会": "municipal-education-board",
    "共済組合等": (
        "日本私立学校振興・共済事業団|国家公務員共済組合連合会|地方公務員共済組合"
        "|全国市町村職員共済組合連合会"
    ),
    "保健所を設置する市（特別区を含む。）の長": "health-centre-city|special-ward-head",
    "公営住宅法第二条第十六号に規定する事業主体である都道府県知事又は市町村長": (
        "public-housing-operator"
    ),
    "住宅地区改良法第二条第二項に規定する施行者である都道府県知事又は市町村長": (
        "improved-housing-operator"
    ),
    "特定優良賃貸住宅の供給の促進に関する法律第十八条第二項に規定する賃貸住宅の建設及び管理を行う"
    "都道府県知事又は市町村長": "good-rental-operator",
    "平成八年法律第八十二号附則第三十二条第二項に規定する存続組合": (
        "厚生年金保険法等の一部を改正する法律附則第三十二条第二項に規定する存続組合"
    ),
    "平成八年法律第八十二号附則第四十八条第一項に規定する指定基金": (
        "厚生年金保険法等の一部を改正する法律附則第四十八条第一項に規定する指定基金"
    ),
    "公的給付の支給等の迅速かつ確実な実施のための預貯金口座の登録等に関する法律第十条に規定する"
    "特定公的給付の支給を実施する行政機関の長等（行政機関の長、地方公共団体の機関、独立行政法人等、"
    "地方独立行政法人（地方独立行政法人法第二条第一項に規定する地方独立行政法人をいう。））": (
        "公的給付の支給等の迅速かつ確実な実施のための預貯金口座の登録等に関する法律第十条に規定する"
        "特定公的給付の支給を実施する行政機関の長等"
    ),
    "地域優良賃貸住宅制度要綱（平成十九年三月二十八日付け国住備第百六十号国土交通省住宅局長通知）"
    "第二条第九号に規定する地域優良賃貸住宅（公共供給型）又は同条第十六号に規定する公営型地域優良"
    "賃貸住宅（公共供給型）の供給を行う都道府県知事又は市町村長": "regional-rental-operator",
}
OF_TABLE: dict[str, Mapping[str, str]] = {
    "1": _NATIONAL,
    "2": _MUNICIPAL,
    "3": _PREFECTURAL,
    "4": _MUNICIPAL,
    "5": _OWN_USE,
    "6": _OTHER_EXECUTIVE,
}
# 準法定事務処理者 of 令和6年総務省令第49号, by 条.
OF_QUASI: dict[str, Mapping[str, str]] = {
    "1": {
        "市長（特別区の区長を含む。）": "welfare-city",
        "社会福祉法に規定する福祉に関する事務所を管理する町村長": "welfare-town",
        "市町村長（特別区の区長を含む。）": "municipality",
        "都道府県知事": "prefecture",
        "水俣病被害者の救済及び水俣病問題の解決に関する特別措置法第二条第二項に規定する関係県の知事": (
            "minamata-prefecture"
        ),
        "都道府県教育委員会": "prefectural-education-board",
    },
    "2": {"都道府県知事": "provider-itself|own:department"},
    "3": {"都道府県教育委員会": "own:education-board"},
}
