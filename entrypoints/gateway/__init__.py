"""
The gateway: the pages behind the links in messages, and starts by webhook (START-1), over HTTP.

Goes through ``client.py`` as every way in does; holds no rule, keeps nothing, and can be started anew at any moment.
"""
