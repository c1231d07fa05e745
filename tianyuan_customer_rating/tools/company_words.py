"""Words of which company names are made beside the trade name (字号): places, trades and legal forms."""


def _words(text):
    return tuple(text.split())


# Provinces and their places: prefectures, and counties whose name companies bear without the suffix. Places that are
# better known as a trade name than as a place are left out.
PLACES = {
    '北京': _words("中关村 顺义 昌平 密云"),
    '天津': _words("滨海 塘沽 武清 宝坻 静海 蓟州"),
    '上海': _words("浦东 松江 嘉定 奉贤 青浦 崇明 闵行 徐汇 虹口 杨浦 闸北"),
    '重庆': _words("涪陵 万州 黔江 江津 合川 永川 綦江 璧山 渝北"),
    '河北': _words("石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水 任丘 霸州 辛集 黄骅"),
    '山西': _words("太原 大同 阳泉 长治 晋城 朔州 晋中 运城 忻州 临汾 吕梁 介休 孝义"),
    '内蒙古': _words("呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布 兴安 锡林郭勒 阿拉善"),
    '辽宁': _words("沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 朝阳 葫芦岛 瓦房店 海城"),
    '吉林': _words("长春 四平 辽源 通化 白山 松原 白城 延边"),
    '黑龙江': _words("哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 黑河 绥化 大兴安岭"),
    '江苏': _words("""
        南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁 昆山 江阴 张家港 常熟 太仓 宜兴 丹阳 靖江
        泰兴 如皋 海门 启东 溧阳 吴江 海安 邳州 仪征 高邮 句容
    """),
    '浙江': _words("""
        杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水 义乌 慈溪 余姚 诸暨 上虞 海宁 桐乡 平湖 萧山 富阳
        温岭 玉环 瑞安 乐清 永康 东阳 嵊州 德清 海盐 临海 江山 龙游 长兴
    """),
    '安徽': _words("""
        合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城 巢湖 天长 桐城
    """),
    '福建': _words("福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德 晋江 石狮 福清 长乐"),
    '江西': _words("南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安 宜春 抚州 上饶"),
    '山东': _words("""
        济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 临沂 德州 聊城 滨州 菏泽 莱芜 寿光 龙口 招远 滕州
        邹城 诸城 高密 胶州 即墨 平度 莱西 黄岛 胶南 临淄 桓台 广饶 莱州 莱阳 荣成 文登 乳山 新泰 肥城 曲阜 兖州
        昌邑 青州 安丘 禹城 章丘 垦利 博兴 临朐 昌乐 周村 张店
    """),
    '河南': _words("""
        郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店 济源 偃师 巩义
        孟州
    """),
    '湖北': _words("武汉 黄石 十堰 宜昌 襄阳 襄樊 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施 仙桃 潜江 天门 枝江"),
    '湖南': _words("长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 湘西 浏阳"),
    '广东': _words("""
        广州 深圳 珠海 汕头 佛山 韶关 湛江 肇庆 江门 茂名 惠州 梅州 汕尾 河源 阳江 清远 东莞 中山 潮州 揭阳 云浮
        番禺 顺德 南海 花都 增城 惠阳
    """),
    '广西': _words("南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港 玉林 百色 贺州 河池 来宾 崇左"),
    '海南': _words("海口 三亚 儋州 洋浦"),
    '四川': _words("""
        成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳 阿坝 甘孜 凉山
        都江堰 彭州 什邡
    """),
    '贵州': _words("贵阳 六盘水 遵义 安顺 毕节 铜仁 黔西南 黔东南 黔南 福泉 瓮福"),
    '云南': _words("昆明 曲靖 玉溪 保山 昭通 丽江 普洱 临沧 楚雄 红河 文山 西双版纳 大理 德宏 怒江 迪庆 安宁"),
    '西藏': _words("拉萨 日喀则 昌都 林芝 山南 那曲 阿里"),
    '陕西': _words("西安 铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 安康 商洛 杨凌 神木"),
    '甘肃': _words("兰州 嘉峪关 金昌 白银 天水 武威 张掖 平凉 酒泉 庆阳 定西 陇南 临夏 甘南"),
    '青海': _words("西宁 海东 格尔木"),
    '宁夏': _words("银川 石嘴山 吴忠 固原 中卫 灵武"),
    '新疆': _words("乌鲁木齐 克拉玛依 吐鲁番 哈密 昌吉 阿克苏 喀什 和田 伊犁 塔城 阿勒泰 石河子 库尔勒 奎屯"),
    '台湾': _words("台北 高雄 台中 台南 新竹"),
    '日本': _words("东京 大阪"),
    '韩国': _words("首尔"),
    **dict.fromkeys(_words("香港 澳门 中国 中华 德国 美国 英国 法国 新加坡 马来西亚"), ()),
}
# What may follow a place's name.
PLACE_SUFFIXES = _words("""
    维吾尔自治区 壮族自治区 回族自治区 特别行政区 自治区 地区 省 市 县 区 盟 州 旗
""")
# Zones say where in a town a company sits, and no more.
ZONES = _words("""
    高新技术产业开发区 经济技术开发区 高新技术开发区 高新技术产业园区 综合保税区 自由贸易试验区 经济开发区
    化学工业园区 化工园区 工业园区 新区 高新区 经开区 开发区 保税区 自贸区 工业园 科技园
""")
# Places in Latin letters.
LATIN_PLACES = _words("""
    china prc chinese beijing tianjin shanghai chongqing hebei shanxi neimenggu liaoning jilin heilongjiang jiangsu
    zhejiang anhui fujian jiangxi shandong henan hubei hunan guangdong guangxi hainan sichuan guizhou yunnan tibet
    shaanxi gansu qinghai ningxia xinjiang hk macau taiwan taipei shijiazhuang tangshan baoding cangzhou
    handan taiyuan hohhot baotou ordos shenyang dalian anshan fushun jinzhou yingkou panjin changchun harbin daqing
    nanjing wuxi xuzhou changzhou suzhou nantong lianyungang huaian yancheng yangzhou zhenjiang taizhou suqian
    kunshan jiangyin zhangjiagang changshu taicang yixing hangzhou ningbo wenzhou jiaxing huzhou shaoxing jinhua
    quzhou zhoushan yiwu cixi yuyao hefei wuhu bengbu maanshan anqing fuzhou xiamen quanzhou zhangzhou nanchang
    jiujiang ganzhou jinan qingdao zibo zaozhuang dongying yantai weifang jining taian weihai rizhao linyi dezhou
    liaocheng binzhou heze laiwu shouguang zhengzhou luoyang kaifeng anyang xinxiang jiaozuo puyang nanyang wuhan
    huangshi yichang xiangyang jingmen jingzhou changsha zhuzhou xiangtan hengyang yueyang guangzhou shenzhen zhuhai
    shantou foshan zhanjiang jiangmen maoming huizhou dongguan zhongshan nanning liuzhou guilin haikou chengdu
    zigong luzhou deyang mianyang leshan yibin guiyang zunyi kunming lhasa xian baoji xianyang lanzhou xining
    yinchuan urumqi germany japan korea usa uk singapore malaysia india
""")
LATIN_PLACE_WORDS = _words("""
    province city county district municipality
""")
# What a company trades or makes: none of these words, nor all of them, make two companies alike.
TRADES = _words("""
    化工 化学 化学工业 化学品 化学制品 化工产品 化工原料 化工材料 化学试剂 化学助剂 精细化工 精细化学品 精细 煤化工
    盐化工 日化 日用化工 日用品 石化 石油化工 石油 炼化 油品 燃料 天然气 燃气 气体 能源 新能源 清洁能源 煤炭 煤业
    焦化 矿业 矿产 盐业 碱业 氯碱 纯碱 氟化 氟材料 硅业 硅材料 有机硅 催化剂 引发剂 过氧化物 氧化物 试剂 助剂 添加剂
    中间体 溶剂 树脂 塑料 塑胶 塑业 塑化 橡胶 橡塑 胶业 胶粘剂 粘合剂 胶带 泡沫 薄膜 包装材料 涂料 油漆 漆业 颜料
    染料 油墨 墨业 颜色 化纤 纤维 纺织 纺织品 印染 服装 服饰 皮革 鞋业 家纺 针织 农药 化肥 肥业 肥料 农化 农资 农业
    农业科技 种业 饲料 牧业 渔业 水产 园林 林业 木业 纸业 造纸 印刷 包装 印务 医药 制药 药业 药品 医疗 医疗器械
    医疗科技 健康 生命科学 生物 生物化工 生物医药 生物工程 基因 食品 饮料 粮油 油脂 酒业 调味品 餐饮 茶业 材料
    新材料 新型材料 高分子 高分子材料 复合材料 功能材料 环保材料 电子材料 建材 建筑材料 建筑 建设 装饰 装饰材料 装修
    防水 防腐 保温 水泥 混凝土 玻璃 玻纤 陶瓷 石材 耐火材料 钢铁 钢材 金属 金属材料 金属制品 不锈钢 铜业 铝业 锌业
    有色金属 稀土 五金 五金制品 模具 机械 机械设备 机电 机电设备 机床 重工 重型机械 设备 装备 仪器 仪器仪表 仪表
    阀门 泵业 轴承 紧固件 电气 电器 电力 电力设备 电缆 线缆 电机 电子 电子科技 电子商务 光电 光学 半导体 集成电路
    光伏 太阳能 电池 锂电 储能 照明 通信 通讯 网络 网络科技 信息 信息技术 信息科技 软件 智能 智能科技 自动化
    自动化设备 数据 互联网 汽车 汽车配件 汽配 零部件 轮胎 摩托车 船舶 海洋 航空 航天 物流 运输 货运 国际货运
    国际物流 储运 仓储 供应链 供应链管理 快递 港口 商贸 贸易 国贸 国际贸易 经贸 外贸 工贸 商务 商业 商行 商社 商店
    贸易商行 国际商贸 国际经贸 经营部 门市部 批发部 销售 销售部 经销 营销 批发 零售 进出口 进出口贸易 国际 环球 实业
    工业 产业 企业 事业 发展 开发 技术 技术开发 技术服务 技术咨询 科技 科技发展 科学 科贸 高科 高科技 工程 工程技术
    安装 制造 制品 生产 加工 工艺 研究 研究院 研究所 研究中心 设计院 设计 检测 检验 环境 环保 环保科技 环境科技
    环境工程 节能 节能环保 水处理 水务 净化 消防 安全 投资 投资管理 控股 资本 资产管理 股权投资 金融 租赁 融资租赁
    担保 保险 置业 房地产 地产 物业 物业管理 酒店 旅游 文化 文化传播 传媒 传播 广告 教育 教育科技 培训 咨询 管理咨询
    管理 企业管理 服务 人力资源 代理 家具 家居 家电 日用 玩具 工具 工艺品 礼品 文具 办公 体育 珠宝 化妆品 美妆 洗涤
    洗涤用品 卫生用品 用品 产品 原料 耗材 配件 器材 器械 器件 零件 物资 回收 再生资源 资源 动力 热力 供水 供热 电站
    核电 风电 气化 中心 门市 公社 合作社 专业合作社 养殖 种植 大学 学院 医院 联合
""")
# Trades that people say in either way.
SAME_TRADE = {
    '化学': '化工', '化学工业': '化工', '石油化工': '石化', '商贸': '贸易', '经贸': '贸易', '技术': '科技',
    '新型材料': '新材料', '信息技术': '信息科技', '化学品': '化工产品', '化学制品': '化工产品',
    '进出口贸易': '进出口', '国贸': '国际贸易', '国际商贸': '国际贸易', '国际经贸': '国际贸易', '塑胶': '塑料',
    '精细化学品': '精细化工', '门市': '门市部', '建材': '建筑材料',
    '汽配': '汽车配件', '高科': '高科技', '玻纤': '玻璃纤维', '日化': '日用化工',
}
# Groups that everybody names shortly.
ALIASES = (
    ('中国石油化工', '中石化'),
    ('中国石化', '中石化'),
    ('中国石油天然气', '中石油'),
    ('中国石油', '中石油'),
    ('中国海洋石油', '中海油'),
    ('中国海油', '中海油'),
    ('中国中化', '中化'),
    ('中国化工进出口', '中化'),
    ('中国化学工程', '中化学'),
    ('中国中铁', '中铁'),
    ('中国建材', '中建材'),
)
# Legal forms say how a company is organised; without them it is the same company.
LEGAL_FORMS = _words("""
    股份有限公司 有限责任公司 有限责任 有限公司 股份公司 股份制 股份 无限公司 集体企业 总公司 公司 有限 责任
    特殊普通合伙 普通合伙 有限合伙 合伙企业 合伙 个人独资企业 个人独资 个体工商户 个体户 个体 独资 外商投资 中外合资
    合资
""")
# Forms under which companies of one trade name are often two, such as a group and its member, or a branch.
KIN_FORMS = _words("""
    企业集团 集团 总厂 分厂 厂 分公司 分店 分部 分行 支公司 子公司 办事处 代表处 联络处 工作室
""")
LATIN_LEGAL_FORMS = _words("""
    co company companies ltd limited inc incorporated corp corporation llc llp lp plc gmbh mbh se ag kg kgaa ohg sa sas
    sarl srl spa bv nv pte pty pvt sdn bhd kk oy ab as aps jsc ooo
""")
LATIN_KIN_FORMS = _words("""
    group holding holdings branch factory plant works office
""")
# Words for trades, each line in either way; those that fill a name up say nothing.
LATIN_SAME_TRADE = {
    word: words.split()[0] for words in (
        'chem chemical chemicals chemistry chemie chemis', 'tech technology technologies technical technique',
        'intl international internationals int',
        'mfg manufacturing manufacture manufacturer manufacturers manufactory',
        'industry industries industrial ind inds', 'trading trade trades traders', 'import imp', 'export exp',
        'materials material mat', 'plastics plastic', 'dev development develop developing', 'eng engineering engg',
        'pharma pharmaceutical pharmaceuticals', 'bio biological biology biotech biotechnology', 'petro petroleum',
        'petrochem petrochemical petrochemicals', 'equip equipment equipments', 'electronics electronic', 'new',
        'fine', 'science sciences sci scientific', 'machinery machine machines', 'coatings coating', 'rubber',
        'resin resins', 'energy', 'environmental environment', 'logistics', 'investment investments invest',
        'enterprise enterprises', 'services service svc', 'products product', 'paint paints', 'textile textiles',
        'packaging', 'steel', 'metal metals', 'electric electrical', 'global', 'business', 'management mgmt',
    ) for word in words.split()
}
LATIN_FILLERS = _words('and of the')
